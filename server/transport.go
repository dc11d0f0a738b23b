package server

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/policygraph/policygraph/resolvers"
)

// The media types of answers. JSON is for clients that do not name the other.
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
)

// statusPartial says that an operation ran and that its answer has errors beside data: "294 Partial Success" of the specification,
// which recommends it for [mediaGraphQL] alone.
const statusPartial = 294

// statuses are those of answers without data, by the code of their first error.
var statuses = map[string]int{
	resolvers.CodeParseFailed:      http.StatusBadRequest,
	resolvers.CodeValidationFailed: http.StatusUnprocessableEntity,
	resolvers.CodeBadUserInput:     http.StatusUnprocessableEntity,
	resolvers.CodeAmbiguous:        http.StatusUnprocessableEntity,
	resolvers.CodeLimitExceeded:    http.StatusUnprocessableEntity,
	resolvers.CodeUnavailable:      http.StatusServiceUnavailable,
	resolvers.CodeTimeout:          http.StatusGatewayTimeout,
}

// transport carries operations and answers as the specification GraphQL over HTTP of September 2026 says
// (https://http-spec.graphql.org/September2026/). It takes the place of gqlgen's transports, whose own errors quote the request and
// Go types, and have no code.
type transport struct {
	log       *slog.Logger
	maxBody   int
	maxLength int
	timeout   time.Duration // of an operation; the context of every store call ends with it
	persisted persisted
}

var _ graphql.Transport = transport{}

// Supports is true of every request: what cannot be answered is refused by Do.
func (transport) Supports(*http.Request) bool { return true }

// Do answers one request. A panic does not reach gqlgen's handler, which would call it a fault of the request.
func (t transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	contain(t.log, func(w http.ResponseWriter, r *http.Request) { t.do(w, r, exec) })(w, r)
}

func (t transport) do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Add("Vary", "Accept")
	media, ok := negotiate(r.Header.Values("Accept"))
	if !ok {
		refuse(w, r, mediaGraphQL, refusal{status: http.StatusNotAcceptable, code: resolvers.CodeBadUserInput,
			message: "the answer is " + mediaGraphQL + " or " + mediaJSON + ": name one of them in the Accept header"})
		return
	}
	params, refused := t.read(w, r)
	if refused != nil {
		refuse(w, r, media, *refused)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), t.timeout)
	defer cancel()
	op, errs := exec.CreateOperationContext(ctx, params)
	entryOf(ctx).operation(op, params)
	if r.Method != http.MethodPost && isMutation(op, params) {
		h.Set("Allow", http.MethodPost)
		refuse(w, r, media, refusal{status: http.StatusMethodNotAllowed, code: resolvers.CodeBadUserInput,
			message: "a GET reads: only an operation of the type query can be sent by it"})
		return
	}
	ctx = graphql.WithOperationContext(ctx, op)
	if len(errs) > 0 {
		answer := exec.DispatchError(ctx, errs)
		answer.Data = nil // it was not executed
		t.write(w, r, media, answer)
		return
	}
	t.persisted.keep(ctx, params)
	next, ctx := exec.DispatchOperation(ctx, op)
	answer := next(ctx)
	if stats, ok := resolvers.StatsOf(ctx); ok {
		entryOf(ctx).stats(stats)
	}
	if answer == nil { // the time was over before the execution began
		answer = exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(nil, context.Cause(ctx))})
	}
	t.write(w, r, media, answer)
}

// isMutation says whether a document asks for a mutation. A schema without mutations refuses it before there is an operation, so
// the text is read again then.
func isMutation(op *graphql.OperationContext, params *graphql.RawParams) bool {
	if op.Operation != nil {
		return op.Operation.Operation == ast.Mutation
	}
	document, err := parser.ParseQuery(&ast.Source{Input: params.Query})
	if err != nil {
		return false
	}
	operation := document.Operations.ForName(params.OperationName)
	return operation != nil && operation.Operation == ast.Mutation
}

// write sends an answer.
func (t transport) write(w http.ResponseWriter, r *http.Request, media string, answer *graphql.Response) {
	status := http.StatusOK
	switch {
	case len(answer.Errors) == 0:
	case answer.Data != nil:
		if media == mediaGraphQL {
			status = statusPartial
		}
	default:
		code, _ := answer.Errors[0].Extensions["code"].(string)
		if status = statuses[code]; status == 0 {
			status = http.StatusInternalServerError
		}
	}
	entryOf(r.Context()).answer(answer)
	send(w, media, status, answer)
}

// refusal is the answer to a request that is not executed.
type refusal struct {
	status  int
	code    string
	message string
	more    map[string]any // in extensions
}

func refuse(w http.ResponseWriter, r *http.Request, media string, why refusal) {
	extensions := map[string]any{"code": why.code}
	maps.Copy(extensions, why.more)
	answer := &graphql.Response{Errors: gqlerror.List{{Message: why.message, Extensions: extensions}}}
	entryOf(r.Context()).answer(answer)
	send(w, media, why.status, answer)
}

// send writes the answer as JSON, errors first. Data is there where it is not nil, also as null.
func send(w http.ResponseWriter, media string, status int, answer *graphql.Response) {
	var b bytes.Buffer
	b.WriteByte('{')
	member := func(name string, value []byte) {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + name + `":`)
		b.Write(value)
	}
	encoded := func(name string, value any) {
		text, err := json.Marshal(value)
		if err != nil { // what resolvers put there is ours to mend
			panic(err)
		}
		member(name, text)
	}
	if len(answer.Errors) > 0 {
		encoded("errors", answer.Errors)
	}
	if answer.Data != nil {
		member("data", answer.Data)
	}
	if len(answer.Extensions) > 0 {
		encoded("extensions", answer.Extensions)
	}
	b.WriteString("}\n")

	if status/100 != 2 {
		media = mediaGraphQL // so that a client can tell our refusal from that of a proxy
	}
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that has gone is no fault
}

// negotiate chooses the media type of the answer: the one with the higher weight; of equal ones [mediaGraphQL] where it is named,
// else [mediaJSON], which is also for clients that say nothing. It is false where neither is acceptable.
func negotiate(accept []string) (media string, ok bool) {
	if len(accept) == 0 {
		return mediaJSON, true
	}
	type weight struct {
		q     float64
		exact int // how exactly the range names the type: 0 (not), 1 (*/*), 2 (application/*), 3
	}
	weights := map[string]weight{}
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := parameters["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil || q < 0 || q > 1 {
				continue
			}
		}
		for _, media := range []string{mediaGraphQL, mediaJSON} {
			exact := map[string]int{"*/*": 1, "application/*": 2, media: 3}[name]
			if known := weights[media]; exact > known.exact {
				weights[media] = weight{q, exact}
			}
		}
	}
	graphQL, plain := weights[mediaGraphQL], weights[mediaJSON]
	switch {
	case graphQL.q == 0 && plain.q == 0:
		return "", false
	case graphQL.q > plain.q, graphQL.q == plain.q && graphQL.exact == 3:
		return mediaGraphQL, true
	}
	return mediaJSON, true
}

package resolvers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/policygraph/policygraph/graph"
)

// The codes of errors, in extensions.code. Those of operations that GraphQL itself refuses are gqlgen's.
const (
	CodeParseFailed      = errcode.ParseFailed      // the operation is not GraphQL
	CodeValidationFailed = errcode.ValidationFailed // the operation does not fit the schema
	CodeBadUserInput     = "BAD_USER_INPUT"         // an argument is not allowed
	CodeAmbiguous        = "AMBIGUOUS"              // several entities fit; extensions.candidates lists them
	CodeLimitExceeded    = "LIMIT_EXCEEDED"         // the operation asks for too much; the message says what to lower
	CodeUnavailable      = "UNAVAILABLE"            // the store cannot answer now
	CodeTimeout          = "TIMEOUT"                // the operation took too long, or was given up
	CodeInternal         = "INTERNAL_SERVER_ERROR"  // a fault of ours; extensions.reference is in the log too
)

// public is what a client may read of an error that wraps one of these; "" for its own text, which was written for the caller.
var public = []struct {
	is            error
	code, message string
}{
	{graph.ErrInvalid, CodeBadUserInput, ""},
	{graph.ErrLimit, CodeLimitExceeded, ""},
	{context.DeadlineExceeded, CodeTimeout, "the operation took too long; ask for less"},
	{context.Canceled, CodeTimeout, "the operation was given up before it was answered"},
	{graph.ErrUnavailable, CodeUnavailable, "the graph cannot be read now; try again later"},
	{graph.ErrClosed, CodeUnavailable, "the graph cannot be read now; try again later"},
}

// presenter makes of an error what a client may read: what is about the request in full, of anything else a reference number alone.
type presenter struct {
	log       *slog.Logger
	reference func() string
	schema    *ast.Schema
}

func (p presenter) present(ctx context.Context, err error) *gqlerror.Error {
	if !graphql.HasOperationContext(ctx) { // gqlgen's text quotes the whole body
		return coded(CodeBadUserInput, "the request is not a GraphQL request: want a JSON object with a query, and variables if it has some")
	}
	var own *gqlerror.Error
	errors.As(err, &own)
	if oc := graphql.GetOperationContext(ctx); oc.Doc != nil && oc.Operation == nil {
		return coded(CodeValidationFailed, unnamed(oc.Doc.Operations))
	}
	path, argument := place(ctx, own)
	e := p.visible(ctx, err, own, argument)
	e.Path = path
	if argument == "" {
		argument = graph.PlaceOf(err)
	}
	if argument != "" {
		e.Extensions["argument"] = argument
	}
	if strings.HasPrefix(argument, "$") {
		e.Message = "variable " + argument + ": " + e.Message
	}
	return e
}

// place is the field of the answer that an error belongs to, and the argument if it is about one. gqlgen has both in one path, and a
// variable, which belongs to no field, as well.
func place(ctx context.Context, own *gqlerror.Error) (field ast.Path, argument string) {
	path := graphql.GetPath(ctx)
	if own != nil && len(own.Path) > 0 {
		path = own.Path
	}
	if len(path) > 0 && path[0] == ast.PathName("variable") && graphql.GetFieldContext(ctx) == nil {
		return nil, "$" + path[1:].String()
	}
	if fc := graphql.GetFieldContext(ctx); fc != nil {
		if n := len(fc.Path()); n < len(path) {
			if _, isName := path[n].(ast.PathName); isName {
				return path[:n], path[n:].String()
			}
		}
	}
	return path, ""
}

// visible is what a client may read of an error, without its place; argument is the one that it is about, if it is about one.
func (p presenter) visible(ctx context.Context, err error, own *gqlerror.Error, argument string) *gqlerror.Error {
	if own != nil && own.Err == nil && own.Extensions["code"] != nil { // a word on the document or a variable, or one of ours
		if limit, ok := strings.CutPrefix(own.Message, "exceeded token limit of "); ok {
			return exceeded(limitRow("tokens"), "the operation has more than "+limit+" words and signs", nil)
		}
		own.Message += p.words(own.Message)
		return own
	}
	for _, row := range public {
		if !errors.Is(err, row.is) {
			continue
		}
		message := row.message
		if message == "" {
			message = ownText(err, row.is)
		}
		if row.code == CodeUnavailable {
			p.log.WarnContext(ctx, "the store cannot answer", "error", err)
		}
		return coded(row.code, message)
	}
	if argument != "" { // gqlgen read it before anything of ours ran, and has only these words
		return coded(CodeBadUserInput, "the value does not fit the schema: "+own.Err.Error())
	}
	reference := p.reference()
	p.log.ErrorContext(ctx, "a field failed", "reference", reference, "operation", graphql.GetOperationContext(ctx).OperationName, "path", graphql.GetPath(ctx).String(), "error", err)
	e := coded(CodeInternal, "something failed here that is no fault of the request; the reference finds it in the server's log")
	e.Extensions["reference"] = reference
	return e
}

// noWord are the sentences by which gqlparser refuses a word that an enumeration has not.
var noWord = regexp.MustCompile(`(?:does not exist in "(\w+)!?" enum\.$| is not a valid (\w+)$)`)

// words are those of the enumeration that a sentence of gqlparser speaks of, which it leaves out where none is like the one given.
func (p presenter) words(sentence string) string {
	m := noWord.FindStringSubmatch(sentence)
	if m == nil {
		return ""
	}
	def := p.schema.Types[m[1]+m[2]]
	if def == nil || len(def.EnumValues) == 0 {
		return ""
	}
	names := make([]string, len(def.EnumValues))
	for i, v := range def.EnumValues {
		names[i] = v.Name
	}
	joint := " "
	if m[2] != "" { // the sentence is not ended
		joint = "; "
	}
	return joint + "want one of " + strings.Join(names, ", ")
}

// ownText is the text of the innermost error that still is of the sentinel's kind: what wraps it may name places in our code.
func ownText(err, sentinel error) string {
	for {
		var inner []error
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			inner = []error{e.Unwrap()}
		case interface{ Unwrap() []error }:
			inner = e.Unwrap()
		}
		i := slices.IndexFunc(inner, func(e error) bool { return e != sentinel && errors.Is(e, sentinel) })
		if i < 0 {
			return err.Error()
		}
		err = inner[i]
	}
}

// unnamed says which operation to name: there is none of the name asked for, or several and no name.
func unnamed(operations ast.OperationList) string {
	var names []string
	for _, operation := range operations {
		if operation.Name != "" {
			names = append(names, operation.Name)
		}
	}
	if len(names) == 0 {
		return "the document has no operation of the name in operationName; leave operationName out"
	}
	return "name one of the document's operations in operationName: " + strings.Join(names, ", ")
}

func coded(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

func errorList(err error) gqlerror.List { return gqlerror.List{gqlerror.Wrap(err)} }

// recovered makes a panic an error, for the presenter to hide and log.
func recovered(_ context.Context, v any) error { return fmt.Errorf("panic: %v\n%s", v, debug.Stack()) }

func randomReference() string {
	var b [4]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/policygraph/policygraph/resolvers"
)

// read takes the parameters of an operation out of a request. What it refuses it does not quote.
func (t transport) read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *refusal) {
	start := graphql.Now()
	var fields map[string]json.RawMessage
	var refused *refusal
	switch r.Method {
	case http.MethodPost:
		fields, refused = t.readBody(w, r)
	case http.MethodGet, http.MethodHead:
		fields, refused = readURL(r.URL)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		refused = &refusal{status: http.StatusMethodNotAllowed, code: resolvers.CodeBadUserInput, message: "an operation is sent by POST or GET"}
	}
	if refused != nil {
		return nil, refused
	}
	params := &graphql.RawParams{Headers: r.Header}
	for _, parameter := range []struct {
		name, shape string
		into        any
	}{
		{"query", "a string", &params.Query},
		{"operationName", "a string", &params.OperationName},
		{"variables", "an object", &params.Variables},
		{"extensions", "an object", &params.Extensions},
	} {
		text := fields[parameter.name]
		if len(text) == 0 {
			continue
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber() // a number keeps all its digits
		if err := decoder.Decode(parameter.into); err != nil {
			return nil, malformed("%s is not JSON of the right shape: it is %s", parameter.name, parameter.shape)
		}
		if _, err := decoder.Token(); err != io.EOF {
			return nil, malformed("there is more than one JSON value in %s", parameter.name)
		}
	}
	if n := len(params.Query); n > t.maxLength {
		return nil, lengthLimit.exceeded(http.StatusUnprocessableEntity, fmt.Sprintf("the operation's text has %d bytes, and the limit is %d", n, t.maxLength))
	}
	if refused := t.persisted.find(r.Context(), params); refused != nil {
		return nil, refused
	}
	if strings.TrimSpace(params.Query) == "" {
		return nil, malformed("there is no operation: send it as query, such as %s", example(r.Method))
	}
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

func example(method string) string {
	if method == http.MethodPost {
		return `{"query": "{ revision { number } }"}`
	}
	return `/graphql?query={revision{number}}; the page at / helps to write one`
}

// malformed is the refusal of what is no GraphQL over HTTP request.
func malformed(format string, args ...any) *refusal {
	return &refusal{status: http.StatusUnprocessableEntity, code: resolvers.CodeBadUserInput, message: fmt.Sprintf(format, args...)}
}

// readBody is the members of the JSON object in the body. Those that are not of the specification are the caller's to ignore.
func (t transport) readBody(w http.ResponseWriter, r *http.Request) (map[string]json.RawMessage, *refusal) {
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(parameters["charset"])
	coding := r.Header.Get("Content-Encoding")
	if err != nil || media != mediaJSON || charset != "" && charset != "utf-8" || coding != "" && coding != "identity" {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, code: resolvers.CodeBadUserInput,
			message: "the body of a POST is JSON in UTF-8, not compressed: send it with Content-Type: " + mediaJSON}
	}
	tooLarge := bodyLimit.exceeded(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than the limit of %d bytes", t.maxBody))
	if r.ContentLength > int64(t.maxBody) {
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(t.maxBody)))
	var limit *http.MaxBytesError
	switch {
	case errors.As(err, &limit):
		return nil, tooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &refusal{status: http.StatusRequestTimeout, code: resolvers.CodeTimeout, message: "the body did not arrive in time: send it again"}
	case err != nil:
		return nil, &refusal{status: http.StatusBadRequest, code: resolvers.CodeBadUserInput, message: "the body broke off: send it again"}
	}
	var fields map[string]json.RawMessage
	err = json.Unmarshal(body, &fields)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		before := body[:min(max(int(syntax.Offset)-1, 0), len(body))]
		line := 1 + bytes.Count(before, []byte("\n"))
		column := len(before) - bytes.LastIndexByte(before, '\n')
		return nil, &refusal{status: http.StatusBadRequest, code: resolvers.CodeBadUserInput,
			message: fmt.Sprintf("the body is not JSON: it ceases to be at line %d, column %d", line, column)}
	case err != nil && bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")):
		return nil, malformed("the body is a list, and operations do not come in batches: send one at a time, such as %s", example(http.MethodPost))
	case err != nil:
		return nil, malformed("the body is not a JSON object: send one operation, such as %s", example(http.MethodPost))
	}
	return fields, nil
}

// readURL is the parameters in the URL, as the members of a JSON object. An empty one is as none.
func readURL(u *url.URL) (map[string]json.RawMessage, *refusal) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, &refusal{status: http.StatusBadRequest, code: resolvers.CodeBadUserInput,
			message: "the URL's parameters cannot be read: encode them as application/x-www-form-urlencoded"}
	}
	fields := map[string]json.RawMessage{}
	for _, name := range []string{"query", "operationName"} {
		if text := values.Get(name); text != "" {
			fields[name], _ = json.Marshal(text) // a string is always JSON
		}
	}
	for _, name := range []string{"variables", "extensions"} {
		if text := values.Get(name); text != "" {
			fields[name] = json.RawMessage(text)
		}
	}
	return fields, nil
}

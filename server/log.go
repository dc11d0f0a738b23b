package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/policygraph/policygraph/resolvers"
)

// requestID is the header by which a client or proxy names a request. It names the request in the log and is sent back.
const requestID = "X-Request-Id"

var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// entry is what is known of a request for its log line. It belongs to the request's goroutine.
type entry struct {
	id     string
	fields []slog.Attr
}

type entryKey struct{}

func entryOf(ctx context.Context) *entry {
	if e, ok := ctx.Value(entryKey{}).(*entry); ok {
		return e
	}
	return &entry{} // a handler by itself, without observe
}

// operation notes the operation's name: its own, or the one asked for.
func (e *entry) operation(op *graphql.OperationContext, params *graphql.RawParams) {
	name := params.OperationName
	if op.Operation != nil {
		name = op.Operation.Name
	}
	if len(name) > 100 {
		name = name[:100]
	}
	e.fields = append(e.fields, slog.String("operation", name))
}

// stats notes what was read.
func (e *entry) stats(s resolvers.OperationStats) {
	e.fields = append(e.fields, slog.Int64("revision", s.Revision), slog.Int64("storeCalls", s.StoreCalls), slog.Int("cost", s.Cost))
}

// answer notes what the answer says of itself.
func (e *entry) answer(answer *graphql.Response) {
	var codes []string
	for _, err := range answer.Errors {
		code, _ := err.Extensions["code"].(string)
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) > 0 {
		e.fields = append(e.fields, slog.String("errors", strings.Join(codes, ",")))
	}
}

// observe gives each request an id and writes its line to the log when it is done.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, open := time.Now(), s.open.Load()
		e := &entry{id: r.Header.Get(requestID)}
		if !saneID.MatchString(e.id) {
			e.id = rand.Text()
		}
		w.Header().Set(requestID, e.id)
		r = r.WithContext(context.WithValue(r.Context(), entryKey{}, e))
		seen := &recorder{ResponseWriter: w}
		defer func() {
			level := slog.LevelInfo
			switch {
			case r.URL.Path == "/healthz" || r.URL.Path == "/readyz":
				level = slog.LevelDebug
			case seen.status >= 500 && open: // before, that is what a start is like
				level = slog.LevelError
			}
			s.log.LogAttrs(r.Context(), level, "request", slices.Concat([]slog.Attr{
				slog.String("method", r.Method),
				slog.String("path", r.URL.Path),
				slog.Int("status", seen.status),
				slog.Duration("duration", time.Since(start)),
				slog.Int64("bytes", seen.bytes),
			}, e.fields)...)
		}()
		next.ServeHTTP(seen, r)
	})
}

// contain turns a panic into an answer with the request's id as reference, under which the log has the cause.
func contain(log *slog.Logger, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch fault := recover(); fault {
			case nil:
			case http.ErrAbortHandler: // how a handler breaks the connection off
				panic(fault)
			default:
				log.ErrorContext(r.Context(), "panic", "panic", fault, "stack", string(debug.Stack()))
				refuse(w, r, mediaGraphQL, refusal{status: http.StatusInternalServerError, code: resolvers.CodeInternal,
					message: "something failed here that is no fault of the request; the reference finds it in the server's log",
					more:    map[string]any{"reference": entryOf(r.Context()).id}})
			}
		}()
		next(w, r)
	}
}

// requestHandler puts the request's id on each line that is logged for it.
type requestHandler struct{ slog.Handler }

func (h requestHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := entryOf(ctx).id; id != "" {
		r.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestHandler{h.Handler.WithAttrs(attrs)}
}

func (h requestHandler) WithGroup(name string) slog.Handler {
	return requestHandler{h.Handler.WithGroup(name)}
}

// recorder remembers what was sent.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap is for [http.ResponseController].
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

package resolvers

import (
	"context"
	"log/slog"
	"maps"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/policygraph/policygraph/internal/gqlapi"
)

// Options wires what answers operations. The zero value of each field is a sound default.
type Options struct {
	Heads      Heads         // where the newest revision is known from; nil: the store is asked at the start of every operation
	Limits     Limits        // zero fields: the defaults of LimitTable
	Log        *slog.Logger  // where faults go; nil: slog.Default()
	Reference  func() string // makes the number by which a client and the log name the same fault; nil: eight random hex digits
	QueryCache int           // how many parsed operations are kept; 0: 1000

	unplanned bool // for tests: every field reads for itself
}

// NewServer is a GraphQL handler over a store, complete but for its transports. The store stays the caller's to close.
func NewServer(store Store, o Options) *handler.Server {
	server := handler.New(schema())
	o.apply(server, store)
	return server
}

// A Client runs operations in this process, without HTTP.
type Client struct{ executor *executor.Executor }

// NewClient is a client that answers as [NewServer] does.
func NewClient(store Store, o Options) *Client {
	c := &Client{executor.New(schema())}
	o.apply(c.executor, store)
	return c
}

// Do runs one operation. The answer has the errors in it.
func (c *Client) Do(ctx context.Context, p graphql.RawParams) *graphql.Response {
	ctx = graphql.StartOperationTrace(ctx)
	oc, errs := c.executor.CreateOperationContext(ctx, &p)
	if errs != nil {
		return c.executor.DispatchError(graphql.WithOperationContext(ctx, oc), errs)
	}
	next, ctx := c.executor.DispatchOperation(ctx, oc)
	if r := next(ctx); r != nil {
		return r
	}
	return c.executor.DispatchError(ctx, errorList(context.Cause(ctx))) // the context had ended before the first field
}

// Schema is the schema that is served. It is the caller's to read.
func Schema() *ast.Schema { return schema().Schema() }

// schema is gqlgen's less @defer: no transport of ours sends an answer in parts.
func schema() graphql.ExecutableSchema {
	config := gqlapi.Config{Resolvers: &Resolver{}}
	served := *gqlapi.NewExecutableSchema(config).Schema()
	served.Directives = maps.Clone(served.Directives)
	delete(served.Directives, "defer")
	config.Schema = &served
	return gqlapi.NewExecutableSchema(config)
}

// configurable is what handlers and executors have in common.
type configurable interface {
	SetErrorPresenter(graphql.ErrorPresenterFunc)
	SetRecoverFunc(graphql.RecoverFunc)
	SetQueryCache(graphql.Cache[*ast.QueryDocument])
	SetParserTokenLimit(int)
	Use(graphql.HandlerExtension)
}

func (o Options) apply(c configurable, store Store) {
	if o.Heads == nil {
		o.Heads = store
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Reference == nil {
		o.Reference = randomReference
	}
	if o.QueryCache == 0 {
		o.QueryCache = 1000
	}
	limits := o.Limits.orDefault()
	c.SetErrorPresenter(presenter{o.Log, o.Reference, Schema()}.present)
	c.SetRecoverFunc(recovered)
	cache := lru.New[*ast.QueryDocument](o.QueryCache)
	c.SetQueryCache(cache)
	c.SetParserTokenLimit(limits.Tokens)
	c.Use(extension.Introspection{})
	c.Use(written{limits, cache})
	c.Use(&limiter{Limits: limits})
	c.Use(&reading{store: store, heads: o.Heads, unplanned: o.unplanned})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/resolvers"
	"github.com/policygraph/policygraph/server"
)

func newServe(p *program) *cobra.Command {
	addr, where, format, level := addrSetting(), newStorage(), logFormatSetting(), logLevelSetting()
	origin := originSetting()
	var config server.Config
	limits := limitSettings(&config)
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the graph as GraphQL, with a page to try it",
		Long: `Serve answers GraphQL at /graphql, and at / shows a page to write operations on, with the schema's documentation and examples. Where
the graph is empty it first loads the records that this build carries; a graph that is there is kept as it is.

The flags with max, and --timeout, limit what one request may ask for. What is refused says which limit it is over and what to lower.

/healthz answers while the process lives, also while it fills an empty graph, /readyz while operations can be answered. Messages and a
log line for each request go to standard error. At SIGTERM or Ctrl-C requests under way are finished; a second one ends the process at once.`,
		Example: `  policygraph serve
  policygraph serve --addr 127.0.0.1:9000 --data ./data
  policygraph serve --cors-origin https://example.org --max-cost 50000 --timeout 5s
  policygraph serve --store neo4j://localhost:7687 --store-auth-file ./secrets/neo4j-auth
  POLICYGRAPH_LOG_FORMAT=json policygraph serve --addr :8080`,
		Args: atMost(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			say := p.say
			log := newLogger(p.err, format, level)
			if format.value == "json" {
				say = func(sentence string) { log.Info(sentence) }
			}
			config.Log = log
			var err error
			if config.Origins, err = origins(origin); err != nil {
				return err
			}
			return p.serve(cmd.Context(), addr, where, config, say)
		},
	}
	add(cmd.Flags(), append(limits, addr, format, level, origin)...)
	where.add(cmd.Flags())
	return cmd
}

// poll is how often a server looks for a revision that another process has published.
const poll = time.Second

// say writes a message to standard error.
func (p *program) say(sentence string) { _, _ = fmt.Fprintln(p.err, sentence) } // there is nowhere else to say it

// serve listens before it touches the data, so that a command that cannot listen changes nothing, and says that it is alive while it fills
// an empty graph.
func (p *program) serve(ctx context.Context, addr *setting, where storage, config server.Config, say func(string)) (err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr.value)
	if err != nil {
		return listenError(addr, err)
	}
	s, url := server.New(config), address(listener.Addr())
	opened := context.AfterFunc(ctx, func() { config.Log.Info("stopping") }) // to give a load up takes a moment; once it is open the server says it
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener) }()
	store, name, err := where.open(ctx, false)
	if err == nil {
		defer func() { err = errors.Join(err, store.Close()) }()
		err = p.prepare(ctx, store, name, url, say)
	}
	if err != nil {
		stop()
		<-served // how those fared who asked too early is not why it ends
		return err
	}
	opened()
	outage := outage{log: config.Log, now: time.Now}
	s.Open(store, resolvers.NewHeads(ctx, store, poll, outage.asked))
	say("serving " + url + " (GraphQL at " + url + "graphql); Ctrl-C ends it")
	return <-served
}

// prepare fills an empty graph, which takes a while on a Neo4j server, so that it first says where /healthz is.
func (p *program) prepare(ctx context.Context, store graph.Store, name, url string, say func(string)) error {
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	if head.Number == 0 {
		say("listening on " + url + "; operations are answered once the graph, which is empty, is filled")
	}
	if err := fill(ctx, store, name, say, p.progress()); err != nil {
		return err
	}
	return compare(ctx, store, say)
}

// reminder is how often a store that stays away is told of again.
const reminder = time.Minute

// An outage is a time in which the store cannot be asked. The log tells when it begins and ends, and not at every question.
type outage struct {
	log         *slog.Logger
	now         func() time.Time
	since, said time.Time // zero: there is none
}

// asked takes how a question for the newest revision went.
func (o *outage) asked(err error) {
	now := o.now()
	switch lasted := now.Sub(o.since).Round(time.Second); {
	case err == nil && o.since.IsZero():
	case err == nil:
		o.log.Info("the newest revision is known again", "after", lasted)
		o.since = time.Time{}
	case o.since.IsZero():
		o.log.Warn("the newest revision is not known", "error", err)
		o.since, o.said = now, now
	case now.Sub(o.said) >= reminder:
		o.log.Warn("the newest revision is still not known", "after", lasted, "error", err)
		o.said = now
	}
}

// address is the URL at which a browser on this machine reaches a listener.
func address(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

func listenError(addr *setting, err error) error {
	reason := err.Error()
	if inner, ok := errors.AsType[*net.OpError](err); ok {
		reason = inner.Err.Error()
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		reason = "another program listens there"
	case errors.Is(err, syscall.EACCES):
		reason = "the system does not allow this user that port"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		reason = "this machine does not have that address"
	}
	return fmt.Errorf("cannot listen on %s: %s; name another address with --addr or %s, such as 127.0.0.1:8081", addr, reason, addr.env())
}

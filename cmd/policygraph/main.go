// Command policygraph serves and keeps the graph: `policygraph serve` answers GraphQL, `query` runs one operation, `load` brings
// records in, `dump` writes them out, `revisions` lists loads, `schema` prints the schema, `seed` checks and formats records. `policygraph help` says more.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		// Before anything says that it stops: from then on a second signal has its usual effect, and the process ends at once.
		signal.Stop(signals)
		cancel()
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

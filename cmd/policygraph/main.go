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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal has its usual effect: the process ends at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

package neo4jstore

import (
	"context"

	"github.com/policygraph/policygraph/graph"
)

// PublishAndDie publishes a load as a process does that dies before it tidies.
func PublishAndDie(ctx context.Context, l graph.Load) error {
	_, err := l.(*load).publish(ctx)
	return err
}

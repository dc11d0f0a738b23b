package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
)

// A fault is a sentence for the caller, of one of graph's kinds. What the driver said is in its chain and not in its text.
type fault struct {
	kind  error
	text  string
	cause error
}

func (f *fault) Error() string { return f.text }

func (f *fault) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// ErrRefused is the [graph.ErrUnavailable] of a server that refuses the user: another user or password may help.
var ErrRefused = fmt.Errorf("%w: the user is refused", graph.ErrUnavailable)

// condition is what a caller can do something about.
type condition struct {
	prefix string // of the server's code
	kind   error
	text   string
}

// wrongPassword is the server's code for a name or password that it does not know.
const wrongPassword = "Neo.ClientError.Security.Unauthorized"

// conditions are those that the server tells, by code (https://neo4j.com/docs/status-codes/5/errors/all-errors/). The first whose prefix
// fits counts.
var conditions = []condition{
	{wrongPassword, ErrRefused, "the database refuses the user's name or password"},
	{"Neo.ClientError.Security.CredentialsExpired", ErrRefused, "the user's password has expired and must be changed first"},
	{"Neo.ClientError.Security.AuthenticationRateLimit", ErrRefused, "the database refuses the user for some seconds, after too many wrong passwords: see whether another program still has an old one"},
	{"Neo.ClientError.Security.Forbidden", ErrRefused, "the user may not do this in the database"},
	{"Neo.ClientError.Security.", ErrRefused, "the database refuses the user"},
	{"Neo.ClientError.Database.DatabaseNotFound", graph.ErrUnavailable, "the server has no database of this name"},
	{"Neo.ClientError.Cluster.NotALeader", graph.ErrUnavailable, "the server does not take writes: use the neo4j scheme, which finds the one that does"},
	{"Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", graph.ErrUnavailable, "the database may be read and not written"},
	{"Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", graph.ErrUnavailable, "the database may be read and not written"},
	{"Neo.ClientError.Transaction.TransactionTimedOut", graph.ErrUnavailable, "the database stopped it after the longest time that it allows"},
	{"Neo.ClientError.Transaction.Terminated", graph.ErrUnavailable, "the database stopped it"},
	{"Neo.ClientError.Transaction.LockClientStopped", graph.ErrUnavailable, "the database stopped it"},
	{"Neo.TransientError.General.MemoryPoolOutOfMemoryError", graph.ErrUnavailable, "the database has not enough memory for it"},
	{"Neo.TransientError.General.OutOfMemoryError", graph.ErrUnavailable, "the database has not enough memory for it"},
	{"Neo.TransientError.Transaction.DeadlockDetected", graph.ErrUnavailable, "the database is busy with other writes"},
	{"Neo.TransientError.Transaction.LockAcquisitionTimeout", graph.ErrUnavailable, "the database is busy with other writes"},
	{"Neo.TransientError.", graph.ErrUnavailable, "the database cannot do it now"},
	{"Neo.DatabaseError.General.StorageDamageDetected", graph.ErrUnavailable, "the database is damaged"},
}

// unreachable is where the driver has no answer of a server.
var unreachable = condition{kind: graph.ErrUnavailable, text: "the database cannot be reached"}

// stoppedInTime is the server's code for a transaction that was longer than the client, which is us, allows.
const stoppedInTime = "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"

// conditionOf finds what an error of the driver tells.
func conditionOf(err error) (condition, bool) {
	var answer *neo4j.Neo4jError
	if errors.As(err, &answer) {
		for _, c := range conditions {
			if strings.HasPrefix(answer.Code, c.prefix) {
				return c, true
			}
		}
		return condition{}, false
	}
	var limit *neo4j.TransactionExecutionLimit
	if errors.As(err, &limit) && len(limit.Errors) > 0 {
		return conditionOf(limit.Errors[len(limit.Errors)-1])
	}
	var expired *neo4j.TokenExpiredError
	if errors.As(err, &expired) {
		return conditions[0], true
	}
	var connection *neo4j.ConnectivityError
	if errors.As(err, &connection) || errors.As(err, &limit) {
		return unreachable, true
	}
	return condition{}, false
}

// passes says whether what failed may succeed if it is tried again.
func passes(err error) bool { return neo4j.IsRetryable(err) }

// wrap says in a verb phrase what failed. An end of the context is the context's error; a condition that has a sentence is that sentence;
// errors of graph's kinds stay as they are.
func wrap(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", doing, ended)
	}
	for _, kind := range []error{graph.ErrInvalid, graph.ErrConflict, graph.ErrClosed, graph.ErrUnavailable, graph.ErrUnsupported, graph.ErrLimit} {
		if errors.Is(err, kind) {
			return err
		}
	}
	var answer *neo4j.Neo4jError
	if _, has := ctx.Deadline(); has && errors.As(err, &answer) && answer.Code == stoppedInTime {
		return fmt.Errorf("%s: %w", doing, context.DeadlineExceeded) // the server's clock was a moment ahead of ours
	}
	if c, ok := conditionOf(err); ok {
		return &fault{c.kind, doing + ": " + c.text, err}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// openFault makes one sentence with the address of what kept the store from being opened.
func (s *Store) openFault(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("open %s: %w", s.address, ended)
	}
	var f *fault
	if errors.As(err, &f) {
		return &fault{f.kind, s.address + " " + f.text, f.cause}
	}
	if c, ok := conditionOf(err); ok {
		return &fault{c.kind, fmt.Sprintf("%s cannot be used: %s", s.address, c.text), err}
	}
	if refused, ok := errors.AsType[*neo4j.Neo4jError](err); ok && strings.HasPrefix(refused.Code, "Neo.ClientError.") {
		return &fault{graph.ErrUnsupported, fmt.Sprintf("%s cannot be used: its database refuses what a graph is kept with (%s); use another database", s.address, refused.Code), err}
	}
	return fmt.Errorf("open %s: %w", s.address, err)
}

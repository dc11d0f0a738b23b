package neo4jstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/policygraph/policygraph/graph"
)

//go:embed migrations/*.cypher
var migrations embed.FS

// Version is that of the databases which this package writes: the number of the newest migration. Migration n brings a database of
// version n-1 to n.
const Version = 1

// program marks our databases.
const program = "policygraph"

// The oldest server on which the queries of this package run: relationship types and labels that come from parameters need 5.26, which is
// the release with long support; CALL (x) {…} needs 5.23.
const oldestMajor, oldestMinor = 5, 26

// agent is how a server names itself: "Neo4j/5.26.30", "Neo4j/2025.06.0".
var agent = regexp.MustCompile(`^Neo4j/(\d+)\.(\d+)`)

// prepare checks the server and the database, and makes or migrates the schema. What it refuses with a [fault] reads on from the address.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.endpoint.reach(ctx); err != nil {
		return err
	}
	info, err := s.serverInfo(ctx)
	if err != nil {
		return err
	}
	if err := checkServer(info.Agent()); err != nil {
		return err
	}
	have, err := s.schema(ctx)
	if err != nil {
		return err
	}
	if have > Version {
		return &fault{kind: graph.ErrUnsupported, text: fmt.Sprintf(
			"has a graph that was written by a newer policygraph (version %d of the schema, this one knows %d): use that, or another database", have, Version)}
	}
	if s.options.MustExist {
		if err := s.mustHold(ctx, have); err != nil {
			return err
		}
	}
	for n := max(have, 0) + 1; n <= Version; n++ {
		if n == 1 {
			if err := s.claim(ctx); err != nil {
				return err
			}
		}
		if err := s.migrateTo(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// mustHold refuses a database, with a schema of a version, in which nothing has been published.
func (s *Store) mustHold(ctx context.Context, version int) error {
	const none = "has no graph yet"
	if version < 1 {
		return &fault{kind: graph.ErrNoGraph, text: none}
	}
	head, err := s.revision(ctx, fixed("head"), nil)
	if err != nil || head != nil {
		return err
	}
	var p pending
	if err := s.read(ctx, fixed("pending"), nil, func(r *neo4j.Record) (err error) {
		p, _, err = pendingOf([]*neo4j.Record{r})
		return err
	}); err != nil {
		return err
	}
	if p.expires > s.options.Now().UnixMilli() && !p.holder.HasDied() {
		return &fault{kind: graph.ErrNoGraph, cause: graph.ErrUnavailable, text: none + ", and " + p.holder.Loads(p.number)}
	}
	return &fault{kind: graph.ErrNoGraph, text: none}
}

// serverInfo is what the driver learns from the server, or from one of those to which it sends.
func (s *Store) serverInfo(ctx context.Context) (neo4j.ServerInfo, error) {
	limited, cancel := context.WithTimeout(ctx, s.endpoint.answer)
	defer cancel()
	info, err := s.driver.GetServerInfo(limited)
	c, _ := conditionOf(err)
	text := silence
	switch {
	case err == nil || ctx.Err() != nil:
		return info, err
	case limited.Err() != nil:
	case c != unreachable:
		return nil, err
	case s.endpoint.routed():
		text = fmt.Sprintf("the server answers, but none of those that it names for its database does: look at the addresses that they advertise, or use %s://",
			strings.Replace(s.endpoint.scheme, "neo4j", "bolt", 1))
	}
	return nil, &fault{unreachable.kind, "cannot be used: " + text, err}
}

func checkServer(name string) error {
	m := agent.FindStringSubmatch(name)
	if m == nil {
		return &fault{kind: graph.ErrUnsupported, text: fmt.Sprintf("is not a Neo4j server: it calls itself %q", name)}
	}
	major, _ := strconv.Atoi(m[1]) // digits
	minor, _ := strconv.Atoi(m[2])
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return &fault{kind: graph.ErrUnsupported, text: fmt.Sprintf("runs Neo4j %d.%d; policygraph needs %d.%d or newer", major, minor, oldestMajor, oldestMinor)}
	}
	return nil
}

// unclaimed is the schema of an empty database.
const unclaimed = -1

// schema is the version of the database's schema, or unclaimed. A database that is not ours is refused.
func (s *Store) schema(ctx context.Context) (version int, err error) {
	err = s.read(ctx, fixed("schema"), nil, func(r *neo4j.Record) error {
		version, err = schemaOf(r)
		return err
	})
	return version, err
}

func schemaOf(r *neo4j.Record) (int, error) {
	foreign, _, err := neo4j.GetRecordValue[bool](r, "foreign")
	if err != nil {
		return 0, err
	}
	owner, _, err := neo4j.GetRecordValue[string](r, "program")
	if err != nil {
		return 0, err
	}
	version, _, err := neo4j.GetRecordValue[int64](r, "schema")
	if err != nil {
		return 0, err
	}
	switch {
	case owner == program:
		return int(version), nil
	case foreign:
		return 0, &fault{kind: graph.ErrUnsupported, text: "has a database with nodes of another program, not of policygraph: use an empty database"}
	}
	return unclaimed, nil
}

// claim makes an empty database ours. Of two processes that do so at once one makes the node and the other finds it.
func (s *Store) claim(ctx context.Context) error {
	if err := s.schemaChange(ctx, `CREATE CONSTRAINT policygraph_one IF NOT EXISTS FOR (g:PolicyGraph) REQUIRE g.one IS UNIQUE`); err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context, c *change) error {
		_, err := c.run(ctx, fixed("claim"), params{"program": program})
		return err
	})
}

func (s *Store) migrateTo(ctx context.Context, n int) error {
	script, err := migrations.ReadFile(fmt.Sprintf("migrations/%d.cypher", n))
	if err != nil {
		return err
	}
	for _, statement := range statements(string(script)) {
		if err := s.schemaChange(ctx, statement); err != nil {
			return err
		}
	}
	if err := s.schemaChange(ctx, `CALL db.awaitIndexes(300)`); err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context, c *change) error {
		_, err := c.run(ctx, fixed("migrated"), params{"version": n})
		return err
	})
}

// statements are those of a script, each of which ends in a semicolon at the end of a line. None has an effect if it is run again, since
// two processes may run a script at once.
func statements(script string) (out []string) {
	for part := range strings.SplitSeq(script, ";\n") {
		if strings.TrimSpace(part) != "" {
			out = append(out, part)
		}
	}
	return out
}

// schemaChange runs a change of the schema, which cannot be in one transaction with others. That it was made meanwhile is no error.
func (s *Store) schemaChange(ctx context.Context, text string) error {
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		_, err := c.run(ctx, text, nil)
		return err
	})
	var answer *neo4j.Neo4jError
	if errors.As(err, &answer) && (answer.Code == "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists" ||
		answer.Code == "Neo.ClientError.Schema.IndexAlreadyExists" || answer.Code == "Neo.ClientError.Schema.ConstraintAlreadyExists") {
		return nil
	}
	return err
}

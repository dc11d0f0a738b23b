package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/policygraph/policygraph/internal/neo4jtest"
)

// generatedFolder holds a server of the API that @neo4j/graphql generates from types over the same nodes and relationships.
const generatedFolder = "bench/neo4jgraphql"

// generated is that server, in a process of its own.
type generated struct {
	command *exec.Cmd
	stdin   io.Closer
	address string
}

// startGenerated starts it; nil where it is not installed, and says how to do that.
func startGenerated(ctx context.Context, db neo4jtest.Server) (*generated, error) {
	if _, err := os.Stat(filepath.Join(generatedFolder, "node_modules")); errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("Without @neo4j/graphql, which is not installed (in %s: npm ci --ignore-scripts; it needs Node.js).\n\n", generatedFolder)
		return nil, nil
	}
	command := exec.CommandContext(ctx, "node", "--require", "./nodelay.cjs", "server.mjs")
	command.Dir, command.Stderr = generatedFolder, os.Stderr
	command.Env = append(os.Environ(), "NODE_ENV=production", "NEO4J_URI="+db.URI("bolt"), "NEO4J_USERNAME="+db.User, "NEO4J_PASSWORD="+db.Password)
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	g := &generated{command: command, stdin: stdin}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("@neo4j/graphql did not start: %w", err), g.close())
	}
	u, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		return nil, errors.Join(err, g.close())
	}
	g.address = u.Host
	return g, nil
}

// close ends the process, which sees that its input is at an end.
func (g *generated) close() error { return errors.Join(g.stdin.Close(), g.command.Wait()) }

func (g *generated) peer() *peerServer {
	return &peerServer{name: "@neo4j/graphql", graphql: "/", generated: true, pid: g.command.Process.Pid, address: g.address}
}

// generatedText asks its API for the organisation of an id.
func generatedText(fields string) string {
	return `query($q: ID!) { organisations(where: {id: {eq: $q}, inForce: {eq: true}}) { id name ` + fields + `} }`
}

// generatedEdges is [peerEdges] of its API.
func generatedEdges(relation string, first int, more, of string) string {
	return fmt.Sprintf(`%[1]s: %[1]sConnection(first: %d, sort: [{edge: {startLo: ASC}}, {edge: {startHi: ASC}}, {edge: {statement: ASC}}]) {
  edges { properties { when period citations { locator role source { id name } } %s } node { id name %s} } } `, relation, first, more, of)
}

// plain is what it answers in the form of the others: an organisation in place of a list of one, the properties of an edge beside its node, a
// period as an object, and nothing for an empty text.
func plain(value any) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case string:
		if v == "" {
			return nil
		}
	case map[string]any:
		if found, ok := v["organisations"].([]any); ok {
			if len(found) == 0 {
				return map[string]any{"organisation": nil}
			}
			return map[string]any{"organisation": plain(found[0])}
		}
		for key := range v {
			v[key] = plain(v[key])
		}
		if properties, ok := v["properties"].(map[string]any); ok {
			delete(v, "properties")
			for key, value := range properties {
				v[key] = value
			}
			if text, ok := v["period"].(string); ok {
				v["period"] = map[string]any{"text": text}
			}
		}
	}
	return value
}

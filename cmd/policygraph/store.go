package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

// storage says where the graph is kept: in a data directory, or on a Neo4j server.
type storage struct{ data, store, auth, authFile *setting }

func newStorage() storage {
	return storage{
		data: &setting{name: "data", kind: "directory", rival: "store", check: checkData,
			usage: "where the graph is kept; load and serve make it (default " + defaultDataText() + ")"},
		store: &setting{name: "store", kind: "URL", rival: "data", check: checkStore, usage: "keep the graph on this Neo4j server instead, such as neo4j://localhost:7687 or neo4j+s://db.example.org/database"},
		auth:  &setting{name: "store-auth"},
		authFile: &setting{name: "store-auth-file", kind: "file", check: checkAuthFile,
			usage: "file with user/password for the server; or $POLICYGRAPH_STORE_AUTH with user/password itself"},
	}
}

// add makes them flags. The password itself is none: a command line is seen by other users, and kept in histories.
func (s storage) add(flags *pflag.FlagSet) { add(flags, s.data, s.store, s.authFile) }

// checkData refuses what a script gives that has no name: it would mean the default directory.
func checkData(value string) error {
	if value == "" {
		return errors.New("the name is empty; name a directory, or leave it out for the default one")
	}
	return nil
}

// checkAuthFile refuses it likewise: it would mean no password, or another one.
func checkAuthFile(value string) error {
	if value == "" {
		return errors.New("the name is empty; name a file with user/password, or leave it out")
	}
	return nil
}

func checkStore(value string) error {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "" || !neo4jstore.IsAddress(value) || u.RawQuery != "" || u.Fragment != "" || strings.Contains(strings.Trim(u.Path, "/"), "/"):
		// The value is not repeated: it may hold a password.
		return errors.New("that is not the address of a Neo4j server; give one such as neo4j://localhost:7687, bolt://localhost:7687 or, with TLS and the name of a database, neo4j+s://db.example.org/database")
	case u.User != nil:
		return errors.New("leave user and password out of the address: put user/password into a file for --store-auth-file, or into $POLICYGRAPH_STORE_AUTH")
	}
	return nil
}

// flags name the place to another command, as they are typed in a shell: "" where nobody named it.
func (s storage) flags() string {
	switch {
	case s.data.value != "":
		return "--data " + shellWord(s.data.value)
	case s.store.value == "":
		return ""
	case s.authFile.value != "" && !s.authFile.inEnvironment:
		return "--store " + shellWord(s.store.value) + " --store-auth-file " + shellWord(s.authFile.value)
	}
	return "--store " + shellWord(s.store.value)
}

// isNamed says whether somebody named the place.
func (s storage) isNamed() bool { return s.data.value != "" || s.store.value != "" }

// open opens the store, and names it for messages. Where a graph must exist and none does, none is made. Its errors say what to do.
func (s storage) open(ctx context.Context, mustExist bool) (store graph.Store, name string, err error) {
	if s.store.value == "" {
		if s.authFile.value != "" && !s.authFile.inEnvironment { // a variable may stand there for other commands
			return nil, "", usagef("%s is for a Neo4j server, and none is named: name one with --store or %s, or leave it out", s.authFile.source(), s.store.env())
		}
		return s.openDirectory(ctx, mustExist)
	}
	if s.data.value != "" {
		return nil, "", usagef("the graph is kept either in a directory or on a server, and %s and %s are both set: give one", s.data.source(), s.store.source())
	}
	user, password, from, err := s.credentials()
	if err != nil {
		return nil, "", err
	}
	u, err := url.Parse(s.store.value)
	if err != nil { // checkStore has parsed it
		return nil, "", err
	}
	database := strings.Trim(u.Path, "/")
	u.Path = ""
	store, err = neo4jstore.Open(ctx, u.String(), neo4jstore.Options{User: user, Password: password, Database: database, MustExist: mustExist})
	switch {
	case isFirstLoad(err):
	case errors.Is(err, graph.ErrNoGraph):
		err = noGraph("at "+s.store.value, s.flags())
	case errors.Is(err, neo4jstore.ErrRefused):
		err = fmt.Errorf("%w; %s", err, s.given(from))
	case errors.Is(err, graph.ErrUnavailable) || errors.Is(err, graph.ErrUnsupported) || errors.Is(err, graph.ErrInvalid):
		err = fmt.Errorf("%w; --store or %s names another", err, s.store.env())
	}
	if err != nil {
		return nil, "", err
	}
	return store, s.store.value, nil
}

func (s storage) openDirectory(ctx context.Context, mustExist bool) (graph.Store, string, error) {
	dir, err := dataDirectory(s.data)
	if err != nil {
		return nil, "", err
	}
	store, err := sqlitestore.Open(ctx, dir, sqlitestore.Options{MustExist: mustExist})
	switch {
	case isFirstLoad(err):
	case errors.Is(err, graph.ErrNoGraph):
		err = noGraph("in "+dir, s.flags()) // only a place that was named must have one
	case errors.Is(err, graph.ErrUnavailable) || errors.Is(err, graph.ErrUnsupported):
		err = fmt.Errorf("%w; --data or %s names another", err, s.data.env())
	}
	if err != nil {
		return nil, "", err
	}
	return store, dir, nil
}

// isFirstLoad says that a place has no graph because its first load is under way. The sentence says to wait; another place is no help.
func isFirstLoad(err error) bool {
	return errors.Is(err, graph.ErrNoGraph) && errors.Is(err, graph.ErrUnavailable)
}

// noGraph says that there is none at a place, and which commands make one there.
func noGraph(place, flags string) error {
	return fmt.Errorf("there is no graph %s yet; `policygraph load %[2]s` or `policygraph serve %[2]s` puts the records of this build there", place, flags)
}

// plain are texts that a shell takes as they are. Some read more than the text in a ~ or = at its beginning.
var plain = regexp.MustCompile(`^[\w./:@%+,-][\w./:@%+=~,-]*$`)

// shellWord is a text as it is typed in a shell. A \ stands for itself on Windows alone.
func shellWord(text string) string {
	if plain.MatchString(filepath.ToSlash(text)) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// given says where user and password that a server refuses came from: two places can be meant, and one counts.
func (s storage) given(from string) string {
	switch from {
	case "":
		return fmt.Sprintf("none were given: --store-auth-file or %s names a file with user/password", s.authFile.env())
	case s.authFile.value:
		return fmt.Sprintf("user and password are those of %s, which %s names", from, s.authFile.source())
	}
	return "user and password are those of " + from
}

// credentials are the user and password for the server, and where they stand; all "" where none are given: a server may ask for none.
func (s storage) credentials() (user, password, from string, err error) {
	from, text := "$"+s.auth.env(), os.Getenv(s.auth.env())
	switch {
	case s.authFile.inEnvironment && text != "": // else the flag wins
		return "", "", "", usagef("there are two passwords, one in the file that $%s names and one in %s: give one", s.authFile.env(), from)
	case s.authFile.value != "":
		content, err := os.ReadFile(s.authFile.value)
		if err != nil {
			return "", "", "", cannot("read "+s.authFile.value, err)
		}
		from, text = s.authFile.value, strings.TrimRight(string(content), "\r\n")
		fallthrough
	case text != "":
		var ok bool
		if user, password, ok = strings.Cut(text, "/"); !ok || user == "" || password == "" {
			return "", "", "", usagef("%s does not hold user/password, such as neo4j/secret", from)
		}
	default:
		from = ""
	}
	return user, password, from, nil
}

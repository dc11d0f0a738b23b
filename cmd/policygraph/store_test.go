package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestStoreAddress(t *testing.T) {
	for _, test := range []struct {
		address string
		fault   string // a part of the sentence; "": there is none
	}{
		{"neo4j://localhost:7687", ""},
		{"bolt+ssc://[::1]:7687", ""},
		{"neo4j+s://db.example.org/policygraph", ""},
		{"localhost:7687", "such as neo4j://localhost:7687"},
		{"http://localhost:7474", "not the address"},
		{"neo4j://", "not the address"},
		{"neo4j://localhost/one/two", "not the address"},
		{"neo4j://localhost?policy=eu", "not the address"},
		{"neo4j://user:hidden@localhost", "leave user and password out"},
		{"neo4j://user:hidden@local host", "not the address"},
	} {
		err := newStorage().store.Set(test.address)
		switch {
		case test.fault == "" && err != nil:
			t.Errorf("%s: %v", test.address, err)
		case test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)):
			t.Errorf("%s: %v, want one with %q", test.address, err, test.fault)
		case err != nil && strings.Contains(err.Error(), "hidden"):
			t.Errorf("%s: the message repeats the password: %v", test.address, err)
		}
	}
}

func TestCredentials(t *testing.T) {
	file := filepath.Join(t.TempDir(), "auth")
	for _, test := range []struct {
		name, file, env      string
		named                bool   // the file is named in the environment, not by the flag
		user, password, want string // want: a part of the sentence of a fault
		given                string // what is said where the server refuses them
	}{
		{name: "none", given: "none were given: --store-auth-file or POLICYGRAPH_STORE_AUTH_FILE names a file with user/password"},
		{name: "file", file: "neo4j/in/a/file\n", user: "neo4j", password: "in/a/file",
			given: "user and password are those of " + file + ", which --store-auth-file names"},
		{name: "environment", env: "neo4j/hidden", user: "neo4j", password: "hidden",
			given: "user and password are those of $POLICYGRAPH_STORE_AUTH"},
		{name: "file in the environment", file: "neo4j/in/a/file\n", named: true, user: "neo4j", password: "in/a/file",
			given: "user and password are those of " + file + ", which POLICYGRAPH_STORE_AUTH_FILE names"},
		{name: "both in the environment", file: "a/b", named: true, env: "c/d",
			want: "two passwords, one in the file that $POLICYGRAPH_STORE_AUTH_FILE names and one in $POLICYGRAPH_STORE_AUTH"},
		{name: "flag before the environment", file: "a/b", env: "c/d", user: "a", password: "b",
			given: "user and password are those of " + file + ", which --store-auth-file names"},
		{name: "no user", env: "/hidden", want: "$POLICYGRAPH_STORE_AUTH does not hold user/password"},
		{name: "no slash", file: "hidden", want: "auth does not hold user/password"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStorage()
			if test.file != "" {
				if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
					t.Fatal(err)
				}
				s.authFile.value, s.authFile.inEnvironment = file, test.named
			}
			t.Setenv("POLICYGRAPH_STORE_AUTH", test.env)
			user, password, from, err := s.credentials()
			if user != test.user || password != test.password || (err != nil) != (test.want != "") {
				t.Fatalf("%q, %q, %v", user, password, err)
			}
			if err == nil {
				if got := s.given(from); got != test.given {
					t.Errorf("of those that are refused it says %q, want %q", got, test.given)
				}
				return
			}
			if _, ok := errors.AsType[usageError](err); !ok || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%v, want a fault of use with %q, and no password", err, test.want)
			}
		})
	}
	s := newStorage()
	s.authFile.value = filepath.Join(t.TempDir(), "missing")
	if _, _, _, err := s.credentials(); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestDirectoryAndServer shows which place counts where several are named: a flag wins over the environment, whatever it says.
func TestDirectoryAndServer(t *testing.T) {
	const server, other = "neo4j://localhost:1", "neo4j://localhost:2"
	both := map[string]string{"POLICYGRAPH_DATA": "there", "POLICYGRAPH_STORE": other}
	for _, test := range []struct {
		name        string
		args        []string
		env         map[string]string
		data, store string
		fault       string // a part of the sentence; "": there is none
	}{
		{name: "neither"},
		{name: "store, and the data of the environment", args: []string{"--store", server}, env: both, store: server},
		{name: "data, and the store of the environment", args: []string{"--data", "here"}, env: both, data: "here"},
		{name: "data, and a faulty store in the environment", args: []string{"--data", "here"}, env: map[string]string{"POLICYGRAPH_STORE": "x"}, data: "here"},
		{name: "store in the environment", env: map[string]string{"POLICYGRAPH_DATA": "", "POLICYGRAPH_STORE": other}, store: other},
		{name: "two flags", args: []string{"--data", "here", "--store", server}, env: both, data: "here", store: server, fault: "--data and --store are both set"},
		{name: "password and no server", args: []string{"--store-auth-file", "auth"},
			fault: "--store-auth-file is for a Neo4j server, and none is named: name one with --store or POLICYGRAPH_STORE, or leave it out"},
		{name: "password and a directory", args: []string{"--store-auth-file", "auth", "--data", "here"}, env: both, data: "here",
			fault: "--store-auth-file is for a Neo4j server"},
		{name: "two variables", env: both, data: "there", store: other, fault: "POLICYGRAPH_DATA and POLICYGRAPH_STORE are both set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStorage()
			flags := pflag.NewFlagSet("", pflag.ContinueOnError)
			s.add(flags)
			if err := flags.Parse(test.args); err != nil {
				t.Fatal(err)
			}
			if err := fromEnvironment(flags, func(name string) (string, bool) { return test.env[name], true }); err != nil {
				t.Fatal(err)
			}
			if s.data.value != test.data || s.store.value != test.store || s.isNamed() != (test.data+test.store != "") {
				t.Errorf("data %q, store %q; want %q, %q", s.data.value, s.store.value, test.data, test.store)
			}
			if test.fault == "" {
				return
			}
			_, _, err := s.open(t.Context(), false)
			if _, ok := errors.AsType[usageError](err); !ok || !strings.Contains(err.Error(), test.fault) {
				t.Errorf("%v, want a fault of use with %q", err, test.fault)
			}
		})
	}
}

func TestShellWord(t *testing.T) {
	words := map[string]string{
		"./data": "./data", "my data": "'my data'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "": "''",
		"~/x": "'~/x'", "~": "'~'", "~you": "'~you'", "a~": "a~", "=ls": "'=ls'", "a=b": "a=b",
		"neo4j://localhost:7687/graph": "neo4j://localhost:7687/graph", "neo4j://[::1]:7687": "'neo4j://[::1]:7687'",
		`C:\data`: `'C:\data'`, `a\b`: `'a\b'`,
	}
	if runtime.GOOS == "windows" {
		words[`C:\data`], words[`a\b`] = `C:\data`, `a\b`
	}
	for text, want := range words {
		if got := shellWord(text); got != want {
			t.Errorf("%q is typed as %s, want %s", text, got, want)
		}
	}
}

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		user, password, want string // want: a part of the sentence of a fault
	}{
		{name: "none"},
		{name: "file", file: "neo4j/in/a/file\n", user: "neo4j", password: "in/a/file"},
		{name: "environment", env: "neo4j/hidden", user: "neo4j", password: "hidden"},
		{name: "both", file: "a/b", env: "c/d", want: "two passwords"},
		{name: "no user", env: "/hidden", want: "$POLICYGRAPH_STORE_AUTH does not hold user/password"},
		{name: "no slash", file: "hidden", want: "auth does not hold user/password"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStorage()
			if test.file != "" {
				if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
					t.Fatal(err)
				}
				s.authFile.value = file
			}
			t.Setenv("POLICYGRAPH_STORE_AUTH", test.env)
			user, password, err := s.credentials()
			if user != test.user || password != test.password || (err != nil) != (test.want != "") {
				t.Fatalf("%q, %q, %v", user, password, err)
			}
			if err == nil {
				return
			}
			if _, ok := errors.AsType[usageError](err); !ok || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%v, want a fault of use with %q, and no password", err, test.want)
			}
		})
	}
	s := newStorage()
	s.authFile.value = filepath.Join(t.TempDir(), "missing")
	if _, _, err := s.credentials(); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestDirectoryAndServer(t *testing.T) {
	s := newStorage()
	s.data.value, s.store.value = t.TempDir(), "neo4j://localhost:1"
	_, _, err := s.open(t.Context())
	if _, ok := errors.AsType[usageError](err); !ok || !strings.Contains(err.Error(), "both set") {
		t.Errorf("%v, want a fault of use", err)
	}
}

package main

import (
	"errors"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

func TestSettings(t *testing.T) {
	tests := []struct{ name, flag, env, want string }{
		{"neither", "", "", "127.0.0.1:8080"},
		{"flag", "127.0.0.1:1", "", "127.0.0.1:1"},
		{"environment", "", "127.0.0.1:2", "127.0.0.1:2"},
		{"both", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			addr := addrSetting()
			flags := pflag.NewFlagSet("", pflag.ContinueOnError)
			add(flags, addr)
			var args []string
			if test.flag != "" {
				args = []string{"--addr", test.flag}
			}
			if err := flags.Parse(args); err != nil {
				t.Fatal(err)
			}
			lookup := func(name string) (string, bool) { return map[string]string{"POLICYGRAPH_ADDR": test.env}[name], true }
			if err := fromEnvironment(flags, lookup); err != nil {
				t.Fatal(err)
			}
			if addr.value != test.want {
				t.Errorf("addr %q, want %q", addr.value, test.want)
			}
		})
	}
}

func TestDataDirectory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the table is of Linux; other systems have folders of their own")
	}
	home, xdg := t.TempDir(), t.TempDir()
	inHome := filepath.Join(home, ".local", "share", "policygraph")
	tests := []struct{ name, data, home, xdg, want string }{
		{"named", "there", home, xdg, "there"},
		{"XDG", "", home, xdg, filepath.Join(xdg, "policygraph")},
		{"home", "", home, "", inHome},
		{"XDG that is relative", "", home, "here", inHome},
		{"home that is relative", "", "here", "", ""},
		{"nothing", "", "", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("HOME", test.home)
			t.Setenv("XDG_DATA_HOME", test.xdg)
			data := newStorage().data
			data.value = test.data
			got, err := dataDirectory(data)
			if got != test.want || (err != nil) != (test.want == "") {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestOrigins(t *testing.T) {
	tests := []struct {
		name  string
		given []string
		want  []string
		fault bool
	}{
		{"nothing", nil, nil, false},
		{"any", []string{"*"}, nil, false},
		{"none", []string{"none"}, []string{}, false},
		{"two", []string{"https://example.org", "http://localhost:3000"}, []string{"https://example.org", "http://localhost:3000"}, false},
		{"any and one", []string{"*", "https://example.org"}, nil, true},
		{"none and one", []string{"https://example.org", "none"}, nil, true},
		{"a path", []string{"https://example.org/"}, nil, true},
		{"a host", []string{"example.org"}, nil, true},
		{"a pattern", []string{"https://*.example.org"}, nil, true},
		{"null", []string{"null"}, nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			setting := originSetting()
			var err error
			for _, value := range test.given {
				err = errors.Join(err, setting.Set(value))
			}
			var got []string
			if err == nil {
				got, err = origins(setting)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || (err != nil) != test.fault {
				t.Errorf("%v; origins (-want +got):\n%s", err, diff)
			}
		})
	}
}

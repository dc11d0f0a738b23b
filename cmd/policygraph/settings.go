package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// A setting is a flag that can stand in the environment as well. It is a [pflag.Value].
type setting struct {
	name  string
	value string
	kind  string // a word for its values in the help
	usage string
	check func(value string) error
}

// The settings, each a value of its own for each command line.
func addrSetting() *setting {
	return &setting{name: "addr", value: "127.0.0.1:8080", kind: "host:port", check: checkAddr,
		usage: "where to listen; port 0 is any free one"}
}

func dataSetting() *setting {
	return &setting{name: "data", kind: "directory", usage: "where the graph is kept, made if it is not there (default " + defaultDataText() + ")"}
}

func logFormatSetting() *setting {
	return &setting{name: "log-format", value: "text", kind: "format", check: oneOf("text", "json"), usage: "text or json"}
}

func logLevelSetting() *setting {
	return &setting{name: "log-level", value: "info", kind: "level", check: oneOf("debug", "info", "warn", "error"),
		usage: "debug, info, warn or error"}
}

func (s *setting) String() string { return s.value }
func (s *setting) Type() string   { return s.kind }

// Set is for a flag and for the environment alike.
func (s *setting) Set(value string) error {
	if s.check != nil {
		if err := s.check(value); err != nil {
			return err
		}
	}
	s.value = value
	return nil
}

// env is the setting's name in the environment.
func (s *setting) env() string {
	return "POLICYGRAPH_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// add makes settings flags.
func add(flags *pflag.FlagSet, settings ...*setting) {
	for _, s := range settings {
		flags.Var(s, s.name, fmt.Sprintf("%s [$%s]", s.usage, s.env()))
	}
}

// fromEnvironment takes settings that no flag gives from the environment. An empty variable is as none.
func fromEnvironment(flags *pflag.FlagSet, lookup func(string) (string, bool)) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		s, ok := f.Value.(*setting)
		if !ok || f.Changed || err != nil {
			return
		}
		if value, _ := lookup(s.env()); value != "" {
			if e := s.Set(value); e != nil {
				err = usagef("%s in the environment: %v", s.env(), e)
			}
		}
	})
	return err
}

func oneOf(words ...string) func(string) error {
	return func(value string) error {
		if slices.Contains(words, value) {
			return nil
		}
		return fmt.Errorf("%q is not one of %s", value, strings.Join(words, ", "))
	}
}

func checkAddr(value string) error {
	if _, port, err := net.SplitHostPort(value); err != nil || port == "" {
		return fmt.Errorf("%q is not host:port; give one such as 127.0.0.1:8080, [::1]:8080 or :8080", value)
	}
	return nil
}

// newLogger writes to w in the format and from the level that the settings name.
func newLogger(w io.Writer, format, level *setting) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level.value)) // the setting allows nothing else
	options := &slog.HandlerOptions{Level: l}
	if format.value == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// dataHome is the variable and the folder of the home directory where a system keeps what programs store for a user.
func dataHome() (variable, folder string) {
	switch runtime.GOOS {
	case "windows":
		return "LOCALAPPDATA", filepath.Join("AppData", "Local")
	case "darwin", "ios":
		return "", filepath.Join("Library", "Application Support")
	}
	return "XDG_DATA_HOME", filepath.Join(".local", "share")
}

func defaultDataText() string {
	variable, folder := dataHome()
	text := filepath.Join("~", folder, "policygraph")
	if variable != "" {
		text = filepath.Join("$"+variable, "policygraph") + ", or " + text
	}
	return text
}

// dataDirectory is where the graph is kept: as the setting says, else in the user's data directory.
func dataDirectory(data *setting) (string, error) {
	if data.value != "" {
		return data.value, nil
	}
	variable, folder := dataHome()
	if variable != "" {
		if dir := os.Getenv(variable); filepath.IsAbs(dir) { // the XDG specification has relative ones ignored
			return filepath.Join(dir, "policygraph"), nil
		}
	}
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return "", usagef("there is no home directory to keep the graph in: name a directory with --data or %s", data.env())
	}
	return filepath.Join(home, folder, "policygraph"), nil
}

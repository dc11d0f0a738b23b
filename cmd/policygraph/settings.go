package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/policygraph/policygraph/server"
)

// A setting is a flag that can stand in the environment as well. It is a [pflag.Value].
type setting struct {
	name  string
	value string
	kind  string // a word for its values in the help
	usage string
	check func(value string) error

	list   bool     // it may be given several times, in the environment with commas
	values []string // of a list

	rival         string // the flag that takes the place of this setting's variable too
	inEnvironment bool   // the value is the variable's
}

// The settings, each a value of its own for each command line.
func addrSetting() *setting {
	return &setting{name: "addr", value: "127.0.0.1:8080", kind: "host:port", check: checkAddr,
		usage: "where to listen; port 0 is any free one"}
}

func logFormatSetting() *setting {
	return &setting{name: "log-format", value: "text", kind: "format", check: oneOf("text", "json"), usage: "text or json"}
}

func logLevelSetting() *setting {
	return &setting{name: "log-level", value: "info", kind: "level", check: oneOf("debug", "info", "warn", "error"),
		usage: "debug, info, warn or error"}
}

func originSetting() *setting {
	return &setting{name: "cors-origin", value: "*", kind: "origin", list: true, check: checkOrigin,
		usage: "whose pages may ask from a browser, such as https://example.org; * for all, none for none; may be given several times"}
}

// limitSettings are the limits of a server that can be set; each sets its own in the configuration.
func limitSettings(c *server.Config) []*setting {
	var settings []*setting
	for _, limit := range server.Adjustable() {
		settings = append(settings, &setting{
			name: limit.Flag, value: limit.Default, kind: limit.Kind, usage: "limit: " + limit.Bounds,
			check: func(value string) error { return limit.Set(c, value) },
		})
	}
	return settings
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
	s.values = append(s.values, value)
	return nil
}

// source is what gives the setting its value.
func (s *setting) source() string {
	if s.inEnvironment {
		return s.env()
	}
	return "--" + s.name
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

// fromEnvironment takes settings that no flag gives from the environment: what stands on the command line wins, also over the variable of
// a rival. An empty variable is as none.
func fromEnvironment(flags *pflag.FlagSet, lookup func(string) (string, bool)) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		s, ok := f.Value.(*setting)
		if !ok || f.Changed || flags.Changed(s.rival) || err != nil {
			return
		}
		value, _ := lookup(s.env())
		if value == "" {
			return
		}
		s.inEnvironment = true
		values := []string{value}
		if s.list {
			values = strings.Split(value, ",")
		}
		for _, value := range values {
			if e := s.Set(strings.TrimSpace(value)); e != nil {
				err = usagef("%s in the environment: %v", s.env(), e)
				return
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

// checkOrigin allows what a browser sends as the origin of a page, * and none.
func checkOrigin(value string) error {
	if value == "*" || value == "none" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != value || strings.Contains(value, "*") {
		return fmt.Errorf("%q is not the origin of a page; give one such as https://example.org or http://localhost:3000, or * or none", value)
	}
	return nil
}

// origins are the values of the setting of origins as a server takes them.
func origins(s *setting) ([]string, error) {
	switch {
	case len(s.values) == 0, slices.Equal(s.values, []string{"*"}):
		return nil, nil
	case slices.Equal(s.values, []string{"none"}):
		return []string{}, nil
	case slices.Contains(s.values, "*"), slices.Contains(s.values, "none"):
		return nil, usagef("--%s is * or none alone, or names origins; it is given as %s", s.name, strings.Join(s.values, ", "))
	}
	return s.values, nil
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

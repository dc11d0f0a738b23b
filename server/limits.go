package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/policygraph/policygraph/resolvers"
)

// A Limit is a row of the table of limits: flags, documents and errors are made from it.
type Limit struct {
	Name    string // in extensions.limit of the error, where the whole operation is refused
	Flag    string // of `policygraph serve`; "" where it is the same on every server
	Default string // as the flag takes it
	Kind    string // of the flag's values: "number", "bytes" or "time"
	Bounds  string // what is limited
	Lower   string // what the sender can do about it
	Answer  string // the status and code of what is refused

	set func(c *Config, value string) error
}

// Limits are all limits of a server, in the order in which a request meets them.
func Limits() []Limit {
	rows := []Limit{
		headerLimit,
		bodyLimit,
		lengthLimit,
	}
	for _, row := range resolvers.LimitTable {
		rows = append(rows, Limit{
			Name: row.Name, Flag: "max-" + row.Name, Default: strconv.Itoa(row.Default), Kind: "number",
			Bounds: row.Bounds, Lower: row.Lower, Answer: answer(http.StatusUnprocessableEntity, row.Code),
			set: number(func(c *Config, n int) { c.Limits.Set(row, n) }),
		})
	}
	rows = append(rows, timeLimit)
	for _, row := range resolvers.FixedLimits {
		rows = append(rows, Limit{
			Name: row.Name, Default: strconv.Itoa(row.Default), Kind: "number",
			Bounds: row.Bounds, Lower: row.Lower, Answer: answer(http.StatusOK, row.Code),
		})
	}
	return rows
}

const (
	maxHeader      = 64 << 10
	defaultBody    = 1 << 20
	defaultLength  = 64 << 10
	defaultTimeout = 10 * time.Second
)

// The limits of HTTP and of time.
var (
	headerLimit = Limit{
		Name: "header", Default: strconv.Itoa(maxHeader), Kind: "bytes",
		Bounds: "the request's first line, which has the URL, and its header", Lower: "send a long operation by POST",
		Answer: answer(http.StatusRequestHeaderFieldsTooLarge, ""),
	}
	bodyLimit = Limit{
		Name: "body", Flag: "max-body", Default: strconv.Itoa(defaultBody), Kind: "bytes",
		Bounds: "the body of a POST", Lower: "send less, in several operations",
		Answer: answer(http.StatusRequestEntityTooLarge, resolvers.CodeLimitExceeded),
		set:    number(func(c *Config, n int) { c.MaxBody = n }),
	}
	lengthLimit = Limit{
		Name: "length", Flag: "max-length", Default: strconv.Itoa(defaultLength), Kind: "bytes",
		Bounds: "the operation's text", Lower: "send long values as variables",
		Answer: answer(http.StatusUnprocessableEntity, resolvers.CodeLimitExceeded),
		set:    number(func(c *Config, n int) { c.MaxLength = n }),
	}
	timeLimit = Limit{
		Name: "time", Flag: "timeout", Default: defaultTimeout.String(), Kind: "time",
		Bounds: "the time of an operation, with all that it reads", Lower: "ask for less",
		Answer: answer(http.StatusOK, resolvers.CodeTimeout),
		set: func(c *Config, value string) error {
			d, err := time.ParseDuration(value)
			if err != nil || d <= 0 {
				return fmt.Errorf("%q is not a time above 0; give one such as 10s or 1m30s", value)
			}
			c.Timeout = d
			return nil
		},
	}
)

func answer(status int, code string) string {
	text := strconv.Itoa(status)
	if code != "" {
		text += " " + code
	}
	return text
}

// Set sets the limit in a configuration to a value as its flag takes it. The error says what is allowed.
func (l Limit) Set(c *Config, value string) error { return l.set(c, value) }

func number(set func(*Config, int)) func(*Config, string) error {
	return func(c *Config, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is not a whole number above 0", value)
		}
		set(c, n)
		return nil
	}
}

// exceeded is the refusal of what is over a limit.
func (l Limit) exceeded(status int, message string) *refusal {
	return &refusal{status, resolvers.CodeLimitExceeded, message + "; " + l.Lower, map[string]any{"limit": l.Name}}
}

// Adjustable are the limits that have a flag.
func Adjustable() []Limit {
	return slices.DeleteFunc(Limits(), func(l Limit) bool { return l.Flag == "" })
}

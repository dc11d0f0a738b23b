// Command gqlgen writes relations.graphqls, internal/gqlapi and the generated parts of resolvers. It is gqlgen with what this project
// derives from its ontology. It is run at the root of the module, by `go generate ./...`.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

const (
	schemaFile   = "schema.graphqls"
	derivedFile  = "relations.graphqls"
	settingsFile = "gqlgen.yml"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gqlgen:", err)
		os.Exit(1)
	}
}

func run() error {
	contract, err := os.ReadFile(schemaFile)
	if err != nil {
		return fmt.Errorf("run it at the root of the module: %w", err)
	}
	derived, err := derive(string(contract))
	if err != nil {
		return fmt.Errorf("derive %s: %w", derivedFile, err)
	}
	if before, err := os.ReadFile(derivedFile); err != nil || !bytes.Equal(before, derived) {
		if err := os.WriteFile(derivedFile, derived, 0o644); err != nil {
			return err
		}
	}
	cfg, err := config.LoadConfig(settingsFile)
	if err != nil {
		return err
	}
	return api.Generate(cfg, api.AddPlugin(bodies{}))
}

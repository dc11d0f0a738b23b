package main

import (
	"github.com/spf13/cobra"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/policygraph/policygraph/resolvers"
)

func newSchema(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the schema of the API",
		Long: `Schema prints the schema that this build serves, with its descriptions, in GraphQL's schema definition language: for tools that make
clients of it, check operations against it, or compare it with that of another version.`,
		Example: `  policygraph schema > schema.graphql`,
		Args:    atMost(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			formatter.NewFormatter(p.out, formatter.WithIndent("  ")).FormatSchema(resolvers.Schema())
			return nil
		},
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/spf13/cobra"

	"github.com/policygraph/policygraph/resolvers"
)

func newQuery(p *program) *cobra.Command {
	where := newStorage()
	var file, variables, operation string
	cmd := &cobra.Command{
		Use:   "query [OPERATION | -]",
		Short: "Run one GraphQL operation and print its answer",
		Long: `Query runs an operation on the graph, without a server of policygraph, and prints the answer as JSON: with line breaks on a
terminal, else on one line. The operation is the argument, a file (--file) or, as -, standard input.

` + readsWhere + `

The exit code is 1 where the answer has errors.`,
		Example: `  policygraph query '{ organisation(id: "org:primary-care-trusts") { name start end } }'
  policygraph query --file question.graphql --variables '{"text": "commissioning"}'
  policygraph query --file question.graphql --variables @variables.json --operation Find
  echo '{ revision { number } }' | policygraph query -`,
		Args: atMost(1, "one operation"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := p.operation(args, file)
			if err != nil {
				return err
			}
			values, err := readVariables(variables)
			if err != nil {
				return err
			}
			return p.query(cmd.Context(), where, graphql.RawParams{Query: text, OperationName: operation, Variables: values})
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "file that holds the operation")
	cmd.Flags().StringVar(&variables, "variables", "", "the operation's variables, as a JSON object or @file")
	cmd.Flags().StringVar(&operation, "operation", "", "name of the operation to run, where there are several")
	where.add(cmd.Flags())
	return cmd
}

// operation is the text of the operation from the one place that is named.
func (p *program) operation(args []string, file string) (string, error) {
	switch {
	case file != "" && len(args) > 0:
		return "", usagef("there are two operations, one as argument and one in --file: give one")
	case file != "":
		text, err := os.ReadFile(file)
		if err != nil {
			return "", cannot("read "+file, err)
		}
		return string(text), nil
	case len(args) == 0:
		return "", usagef("there is no operation: give one as argument, in a file with --file, or on standard input with -; such as policygraph query '{ revision { number } }'")
	case args[0] == "-":
		text, err := io.ReadAll(p.in)
		if err != nil {
			return "", cannot("read standard input", err)
		}
		return string(text), nil
	}
	return args[0], nil
}

// readVariables is the JSON object in text, or in the file that it names after an @.
func readVariables(text string) (values map[string]any, err error) {
	if text == "" {
		return nil, nil
	}
	from := "--variables"
	if file, ok := strings.CutPrefix(text, "@"); ok {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, cannot("read "+file, err)
		}
		text, from = string(content), file
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber() // a number keeps all its digits
	if err := decoder.Decode(&values); err != nil || values == nil || decoder.More() {
		return nil, usagef(`%s is not a JSON object, such as {"id": "org:primary-care-trusts"}`, from)
	}
	return values, nil
}

// query runs an operation in this process and prints the answer.
func (p *program) query(ctx context.Context, where storage, operation graphql.RawParams) (err error) {
	store, err := p.openGraph(ctx, where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	answer := resolvers.NewClient(store, resolvers.Options{Log: slog.New(slog.NewTextHandler(p.err, nil))}).Do(ctx, operation)
	if err := ctx.Err(); err != nil { // the answer says no more than that
		return err
	}
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	if isTerminal(p.out) {
		encoder.SetIndent("", "  ")
	}
	if err := encoder.Encode(answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return errReported
	}
	return nil
}

// isTerminal says whether what is written is read by a person.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

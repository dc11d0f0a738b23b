package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The exit codes. What was asked for and cannot be had is exitFailed; what was asked for wrongly is exitUsage.
const (
	exitFailed = 1
	exitUsage  = 2
)

// usageError is a fault of the command line or the environment, in a sentence that says what is allowed.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// errReported ends a command that has said what is wrong already.
var errReported = errors.New("reported")

// program is what the commands share: where they read and write.
type program struct {
	in       io.Reader
	out, err io.Writer
}

// run runs one command line and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := newRoot(&program{in: in, out: out, err: errs})
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errReported):
		return exitFailed
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		text := "interrupted"
		if errors.Is(err, errCutOff) {
			text += ": a load that was cut off changes nothing, and the same command begins it again"
		}
		err = errors.New(text)
	}
	_, _ = fmt.Fprintf(errs, "policygraph: %v\n", err) // there is nowhere else to say it
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "policygraph",
		Short: "A graph of English health and care policy, with its sources",
		Long: `policygraph answers questions on English health and care policy: which bodies there were, what replaced them and when, under
which Act, and who says so. The graph is kept in a directory of its own, or with --store on a Neo4j
server, and asked in GraphQL.

Exit codes: 0, all is well; 1, it failed, or the answer has errors; 2, the command line is wrong.`,
		Example: `  policygraph serve
  policygraph query '{ search(text: "primary care trusts") { edges { node { id name } } } }'
  policygraph help query`,
		Version:       version(),
		SilenceErrors: true, // run says them
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fromEnvironment(cmd.Flags(), os.LookupEnv)
		},
	}
	root.SetVersionTemplate("policygraph {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newServe(p), newReady(p), newQuery(p), newLoad(p), newDump(p), newRevisions(p), newSchema(p), newSeed(p), newVersion(p))
	only(root)
	return root
}

// only makes a command that does nothing but hold others refuse what it does not hold, in one sentence.
func only(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var names []string
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				names = append(names, c.Name())
			}
		}
		return usagef("there is no command %q; %s", args[0], suggest(args[0], cmd.SuggestionsFor(args[0]), "there are "+strings.Join(names, ", ")))
	}
}

func suggest(given string, near []string, otherwise string) string {
	if len(near) > 0 && near[0] != given {
		return "did you mean " + near[0] + "?"
	}
	return otherwise
}

// flagError says which flag is wrong, and which one may have been meant.
func flagError(cmd *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return usagef("--%s: %v", invalid.GetFlag().Name, invalid.Unwrap())
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usageError{err.Error()}
	}
	given := "--" + unknown.GetSpecifiedName()
	if unknown.GetSpecifiedShortnames() != "" {
		given = given[1:]
	}
	near := &cobra.Command{SuggestionsMinimumDistance: 2} // cobra finds near names of commands alone: let them be commands
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		near.AddCommand(&cobra.Command{Use: "--" + f.Name, Run: func(*cobra.Command, []string) {}})
	})
	return usagef("there is no flag %s; %s", given,
		suggest(given, near.SuggestionsFor(given), fmt.Sprintf("`%s --help` lists them", cmd.CommandPath())))
}

// atMost refuses more than n arguments, in one sentence.
func atMost(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return usagef("%s takes %s, and was given %d; put one with spaces in quotes", cmd.CommandPath(), what, len(args))
		}
		return nil
	}
}

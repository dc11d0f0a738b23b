package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/seed"
)

func newSeed(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "seed",
		Short: "Check and format seed records",
		Long: `The commands below work on a directory of seed records, one YAML file a record, in a folder for each kind. Without DIR it is seed,
in the directory where the command is run: that of the curated records in a clone of the source.`,
		Example: `  policygraph seed check
  policygraph seed fmt --write`,
	}
	only(cmd)
	cmd.AddCommand(newSeedCheck(p), newSeedFmt(p))
	return cmd
}

func newSeedCheck(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "check [DIR]",
		Short: "Report what is wrong in seed records",
		Long: `Check reads the records of a directory strictly and reports all faults at once, each as file:line:column and a sentence. Nothing is
changed. The exit code is 1 where there are faults.`,
		Example: `  policygraph seed check
  policygraph seed check ./my-records`,
		Args: atMost(1, "one directory"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, files, err := seedDirectory(args)
			if err != nil {
				return err
			}
			document, faults := seed.Check(files)
			if len(faults) > 0 {
				return p.report(dir, faults)
			}
			_, err = fmt.Fprintf(p.out, "%s: no faults: %s\n", dir, contents(document.Batch))
			return err
		},
	}
}

func newSeedFmt(p *program) *cobra.Command {
	var write, diff bool
	cmd := &cobra.Command{
		Use:   "fmt [DIR]",
		Short: "Put seed records into their canonical form",
		Long: `Fmt lists the records of a directory that are not in canonical form; the exit code is 1 where there are any. With --write they are
put into it. A file with faults is reported and left as it is.`,
		Example: `  policygraph seed fmt
  policygraph seed fmt --diff ./my-records
  policygraph seed fmt --write`,
		Args: atMost(1, "one directory"),
		RunE: func(_ *cobra.Command, args []string) error {
			if write && diff {
				return usagef("--write and --diff do not go together: give one")
			}
			dir, files, err := seedDirectory(args)
			if err != nil {
				return err
			}
			return p.format(dir, files, write, diff)
		},
	}
	cmd.Flags().BoolVarP(&write, "write", "w", false, "write the files that are listed")
	cmd.Flags().BoolVarP(&diff, "diff", "d", false, "show what would change")
	return cmd
}

// format lists the files whose form is not canonical, with write after writing them and with diff as differences.
func (p *program) format(dir string, files fs.FS, write, diff bool) error {
	names, faults := seed.Files(files)
	other := 0
	for _, name := range names {
		file := filepath.Join(dir, filepath.FromSlash(name))
		old, err := fs.ReadFile(files, name)
		if err != nil {
			return cannot("read "+file, err)
		}
		formatted, err := seed.Format(old, path.Dir(name))
		if err != nil {
			faults = append(faults, faultsIn(name, err)...)
			continue
		}
		text := unified(file, file, string(old), string(formatted))
		if text == "" {
			continue
		}
		other++
		if write {
			if err := os.WriteFile(file, formatted, 0o666); err != nil {
				return cannot("write "+file, err)
			}
		}
		if !diff {
			text = file + "\n"
		}
		if _, err := fmt.Fprint(p.out, text); err != nil {
			return err
		}
	}
	switch {
	case len(faults) > 0:
		return p.report(dir, faults)
	case other > 0 && !write:
		return errReported
	}
	return nil
}

// faultsIn are the faults that an error of [seed.Format] joins, with the file's name.
func faultsIn(name string, err error) []seed.Fault {
	var faults []seed.Fault
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			if fault, ok := errors.AsType[seed.Fault](err); ok {
				fault.File = name
				faults = append(faults, fault)
			}
		}
	}
	if len(faults) == 0 {
		faults = []seed.Fault{{File: name, Line: 1, Column: 1, Text: err.Error()}}
	}
	return faults
}

// report prints faults, each with the path of its file, and returns [errReported].
func (p *program) report(dir string, faults []seed.Fault) error {
	for _, fault := range faults {
		fault.File = filepath.Join(dir, filepath.FromSlash(fault.File))
		if _, err := fmt.Fprintln(p.out, fault); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(p.err, "policygraph: %s in %s\n", plural(len(faults), "fault"), dir); err != nil {
		return err
	}
	return errReported
}

// seedDirectory is the directory that the arguments name, or seed.
func seedDirectory(args []string) (string, fs.FS, error) {
	dir, hint := "seed", "; name the directory of the records"
	if len(args) > 0 {
		dir, hint = args[0], ""
	}
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, fmt.Errorf("there is no directory %s here%s", dir, hint)
	case err != nil:
		return "", nil, cannot("read "+dir, err)
	case !info.IsDir():
		return "", nil, fmt.Errorf("%s is not a directory%s", dir, hint)
	}
	return dir, os.DirFS(dir), nil
}

// contents says in words how much a batch holds.
func contents(b graph.Batch) string {
	return fmt.Sprintf("%s, %s", plural(len(b.Entities), "entity"), plural(len(b.Statements), "statement"))
}

// plural is a number with its noun.
func plural(n int, noun string) string {
	switch {
	case n == 1:
	case noun[len(noun)-1] == 'y':
		noun = noun[:len(noun)-1] + "ies"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// cannot says what could not be done to a file and why, the path once.
func cannot(what string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok { // of a file that could not take its name
		err = e.Err
	}
	return fmt.Errorf("cannot %s: %w", what, err)
}

package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/policygraph/policygraph/graph/sqlitestore"
)

// version is that of the module; "(devel)" where the build does not know it.
func version() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		return cmp.Or(build.Main.Version, "(devel)")
	}
	return "(devel)"
}

// commit is the commit that was built, marked where files differed from it.
func commit() string {
	settings := map[string]string{}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, s := range build.Settings {
			settings[s.Key] = s.Value
		}
	}
	if settings["vcs.revision"] == "" {
		return "not known"
	}
	text := settings["vcs.revision"] + " of " + settings["vcs.time"]
	if settings["vcs.modified"] == "true" {
		text += ", changed since"
	}
	return text
}

func newVersion(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which version this is, and of what",
		Long:    `Version prints the version of the program and of the database that it keeps, and what the records that it carries are.`,
		Example: `  policygraph version`,
		Args:    atMost(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			document, err := ownRecords()
			if err != nil {
				return err
			}
			digest, err := document.Digest()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "policygraph %s\ncommit      %s\nbuilt with  %s for %s/%s\ndatabase    version %d\nrecords     %s, digest %s\n",
				version(), commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH, sqlitestore.Version, contents(document.Batch), digest)
			return err
		},
	}
}

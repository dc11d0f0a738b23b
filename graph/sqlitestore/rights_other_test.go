//go:build !linux

package sqlitestore_test

import (
	"os"
	"testing"
)

// withoutRights runs f, which shows something only where the tests do not run as root.
func withoutRights(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() <= 0 {
		t.Skip("needs a user whose rights to files are limited")
	}
	f()
}

package sqlitestore_test

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// withoutRights runs f with a plain user's rights to files, also where the tests run as root: rights that Linux keeps by thread.
func withoutRights(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	const nobody = 65534
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setfsuid(0); err != nil {
			t.Error(err)
		}
	}()
	f()
}

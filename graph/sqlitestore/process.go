package sqlitestore

import (
	"crypto/rand"
	"errors"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// thisProcess tells this process from another that had the same number before, as the first process of a container has each time.
var thisProcess = rand.Text()

// newHolder names a lease of this process.
func newHolder() string { return thisProcess + "/" + rand.Text() }

// hasDied tells whether the process of this host that took a lease has surely ended. Where its number was given to another process
// since, it counts as alive: the lease then ends by time.
func hasDied(pid int64, holder string) bool {
	if pid == int64(os.Getpid()) {
		return !strings.HasPrefix(holder, thisProcess+"/")
	}
	p, err := os.FindProcess(int(pid))
	if err != nil {
		return true
	}
	if runtime.GOOS == "windows" { // where FindProcess finds living ones alone
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

// Package lease names the holders of leases, and tells which of them have died. It is for stores.
package lease

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// A Holder is who holds a lease: a process, in one of its loads.
type Holder struct {
	Name    string // unlike that of every other
	Host    string // "": not known
	Process int64  // its number on the host
}

// thisProcess tells this process from another that had the same number before, as the first process of a container has each time.
var thisProcess = rand.Text()

// space is where process numbers mean the same: containers may share a host's name, and each count their own.
var space = sync.OnceValue(func() string {
	namespace, _ := os.Readlink("/proc/self/ns/pid") // of Linux; elsewhere the host's name alone tells
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return namespace + "@" + strings.TrimSpace(string(boot))
})

// NewHolder is a new holder of this process.
func NewHolder() Holder {
	host, _ := os.Hostname() // unknown: its leases then end by time alone
	return Holder{Name: space() + "/" + thisProcess + "/" + rand.Text(), Host: host, Process: int64(os.Getpid())}
}

// Loads says that the holder loads a revision, for whoever wants to.
func (h Holder) Loads(revision int64) string {
	return fmt.Sprintf("revision %d is being loaded by process %d on %s: wait for its end", revision, h.Process, h.Host)
}

// HasDied tells whether the holder's process has surely ended, which can be told of processes beside this one alone. Where its number was
// given to another process since, it counts as alive: the lease then ends by time.
func (h Holder) HasDied() bool {
	if host, _ := os.Hostname(); host == "" || h.Host != host {
		return false
	}
	process, beside := strings.CutPrefix(h.Name, space()+"/")
	if !beside {
		return false
	}
	if h.Process == int64(os.Getpid()) {
		return !strings.HasPrefix(process, thisProcess+"/")
	}
	p, err := os.FindProcess(int(h.Process))
	if err != nil {
		return true
	}
	if runtime.GOOS == "windows" { // where FindProcess finds living ones alone
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

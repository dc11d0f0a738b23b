//go:build unix && !solaris && !aix

package neo4jtest

import (
	"os"
	"path/filepath"
	"syscall"
)

// lock waits for a folder's lock. The system gives it up when the process ends.
func lock(folder string) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return func() { _ = file.Close() }, nil
}

func freeze(p *os.Process) error { return p.Signal(syscall.SIGSTOP) }

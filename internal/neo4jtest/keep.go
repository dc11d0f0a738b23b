package neo4jtest

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// measured is for programs that measure: both compilers, and memory for a hundred thousand statements.
var measured = sort{java: []string{"-Xms512m", "-Xmx2g"}, pageCache: 512, keep: true, tls: "DISABLED"}

// A Kept is a server of a program's own over a home that stays, with what is in its database.
type Kept struct {
	Server
	PID     int
	command *exec.Cmd
	use     net.Conn
}

// Keep starts a server over a home, which is made if it is not there. It stops when it is closed or the program ends.
func Keep(home string) (*Kept, error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(home, "password")
	password, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		password = []byte(rand.Text())
		err = os.WriteFile(file, password, 0o600)
	}
	if err != nil {
		return nil, err
	}
	r, use, command, err := launch(home, "0", strings.TrimSpace(string(password)), 0, measured)
	if err != nil {
		return nil, err
	}
	return &Kept{r.server(), command.Process.Pid, command, use}, nil
}

// Close stops the server and returns when it is gone.
func (k *Kept) Close() error {
	if err := k.use.Close(); err != nil {
		return err
	}
	return k.command.Wait()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// readyWithin is how long a server may take to say whether it is ready.
const readyWithin = 3 * time.Second

func newReady(p *program) *cobra.Command {
	addr := addrSetting()
	addr.usage = "where the server listens"
	cmd := &cobra.Command{
		Use:   "ready",
		Short: "Ask a running server whether it is ready",
		Long: `Ready asks the server at an address for /readyz and prints its answer. The exit code is 0 where operations can be answered, else 1: so it
serves as the health check of a container, which has no other program to ask with.`,
		Example: `  policygraph ready
  policygraph ready --addr 127.0.0.1:9000`,
		Args: atMost(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.ready(cmd.Context(), addr.value) },
	}
	add(cmd.Flags(), addr)
	return cmd
}

func (p *program) ready(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil { // the setting allows nothing else
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	url := "http://" + net.JoinHostPort(host, port) + "/readyz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("no answer from %s within %s", url, readyWithin)
		}
		return fmt.Errorf("no server answers at %s", url)
	}
	defer func() { _ = response.Body.Close() }() // it is read
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err != nil {
		return fmt.Errorf("no answer from %s", url)
	}
	sentence := strings.TrimSpace(string(answer))
	if response.StatusCode != http.StatusOK {
		return errors.New(sentence)
	}
	_, err = fmt.Fprintln(p.out, sentence)
	return err
}

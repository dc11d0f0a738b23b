package main

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestOutage shows what is logged while a store is away: its beginning, its end, and a reminder each minute.
func TestOutage(t *testing.T) {
	var log bytes.Buffer
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	o := outage{now: func() time.Time { return now }, log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))}
	away := errors.New("away")
	for _, span := range []struct {
		err     error
		seconds int // in each of which it is asked once
	}{{nil, 5}, {away, 150}, {nil, 5}, {away, 1}, {nil, 5}} {
		for range span.seconds {
			o.asked(span.err)
			now = now.Add(time.Second)
		}
	}
	const want = `level=WARN msg="the newest revision is not known" error=away
level=WARN msg="the newest revision is still not known" after=1m0s error=away
level=WARN msg="the newest revision is still not known" after=2m0s error=away
level=INFO msg="the newest revision is known again" after=2m30s
level=WARN msg="the newest revision is not known" error=away
level=INFO msg="the newest revision is known again" after=1s
`
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk loads where files may not grow: that is said in a sentence, the graph that was there stays, and the same load goes
// through where there is room.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no limit on the size of files")
	}
	p := newPlace(t)
	p.write(map[string]string{"small.jsonl": generated(t, 4, 100), "made.jsonl": generated(t, 5, 3000)})
	p.must("load", "small.jsonl", "--data", "data")
	before := p.must("dump", "--data", "data")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -f 1000; exec policygraph load made.jsonl --data data") // blocks of 512 or 1024 bytes
	cmd.Dir, cmd.Env = p.dir, p.env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v: %s", err, errs.String())
	}
	if got, want := errs.String(), "policygraph: load the origin made: put records: the disk cannot be read or written\n"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if p.must("dump", "--data", "data") != before {
		t.Error("the graph has changed")
	}
	p.must("load", "made.jsonl", "--data", "data")

	t.Run("dump", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -f 100; exec policygraph dump made-again.jsonl --data data")
		cmd.Dir, cmd.Env = p.dir, p.env
		said, err := cmd.CombinedOutput()
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 || string(said) != "policygraph: cannot write made-again.jsonl: file too large\n" {
			t.Errorf("%v: %s", err, said)
		}
		if left, err := filepath.Glob(filepath.Join(p.dir, "made-again*")); err != nil || len(left) > 0 {
			t.Errorf("it left %v, %v", left, err)
		}
	})
}

// TestDamagedFile overwrites most of the database under a running server: operations get a coded error of one sentence without a word of
// SQL, the server lives, and the commands say the same.
func TestDamagedFile(t *testing.T) {
	p := newPlace(t)
	p.must("load", "--data", "data")
	s := p.serve("--data", "data")
	file, err := os.OpenFile(filepath.Join(p.dir, "data", "graph.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	const kept = 5 * 4096 // the first pages, so that it is a database still
	_, err = file.WriteAt(bytes.Repeat([]byte{0xA5}, int(info.Size()-kept)), kept)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	leaks := regexp.MustCompile(`(?i)\bselect\b|sqlite|malformed|graph\.db|goroutine|\.go\b`)
	for _, operation := range []string{
		`{ organisation(id: "org:primary-care-trusts") { name } }`,
		`{ search(text: "care") { totalCount } }`,
	} {
		got := s.ask(operation)
		if !strings.Contains(got, `"code":"UNAVAILABLE"`) || leaks.MatchString(got) {
			t.Errorf("%s: %s", operation, got)
		}
	}
	response, err := http.Get(s.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || string(text) != "alive\n" {
		t.Errorf("%v, %q", err, text)
	}
	if state, said := s.end(syscall.SIGTERM); state.ExitCode() != 0 || !strings.Contains(said, "the database is damaged") {
		t.Errorf("after SIGTERM: %s\n%s", state, said)
	}
	got := p.run("dump", "--data", "data")
	if got.Code != 1 || strings.Count(got.Err, "\n") != 1 || !strings.Contains(got.Err, "the database is damaged") {
		t.Errorf("dump: %d %s", got.Code, got.Err)
	}
}

// TestLoadTogether loads two files at the same time: what is there then is one of them whole, and who came second is told so.
func TestLoadTogether(t *testing.T) {
	p := newPlace(t)
	graphs := []string{generated(t, 1, 1500), generated(t, 2, 1500)}
	var loads []*exec.Cmd
	var said [2]bytes.Buffer
	for i, graph := range graphs {
		p.write(map[string]string{fmt.Sprintf("%d.jsonl", i): graph})
	}
	for i := range graphs {
		cmd := p.command("load", fmt.Sprintf("%d.jsonl", i), "--data", "data")
		cmd.Stderr = &said[i]
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		loads = append(loads, cmd)
	}
	done := 0
	for i, cmd := range loads {
		if err := cmd.Wait(); err == nil {
			done++
		} else if got := said[i].String(); !regexp.MustCompile(`^policygraph: begin to load the origin made: revision \d+ is being loaded by process \d+ on .*: wait for its end, or until its lease ends at .*\n$`).MatchString(got) {
			t.Errorf("%v: %s", err, got)
		}
	}
	if done == 0 {
		t.Error("neither load went through")
	}
	if got := p.must("dump", "--data", "data"); got != graphs[0] && got != graphs[1] {
		t.Error("what was loaded is neither of the two")
	}
}

// TestKillAtRandom ends loads of a file with SIGKILL at random moments, each time from the graph as it was: then it still is, to the byte,
// or it is the new one. A load that is let be brings the new one.
func TestKillAtRandom(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGKILL")
	}
	p := newPlace(t)
	old, new := generated(t, 11, 1500), generated(t, 12, 1500)
	p.write(map[string]string{"old.jsonl": old, "new.jsonl": new})
	p.must("load", "old.jsonl", "--data", "data")
	random := rand.New(rand.NewPCG(1, 2))
	kills := 0
	for range 10 {
		if p.loadUntil(random.Int64N(6<<20), "new.jsonl") {
			kills++
		}
		switch got := p.must("dump", "--data", "data"); {
		case got == new:
			p.must("load", "old.jsonl", "--data", "data")
		case got != old:
			t.Fatalf("after %d kills the graph is neither the old nor the new one", kills)
		}
	}
	if kills < 3 {
		t.Errorf("%d loads were killed, want at least 3", kills)
	}
	p.must("load", "new.jsonl", "--data", "data")
	if p.must("dump", "--data", "data") != new {
		t.Error("the load that was let be did not bring the new graph")
	}
}

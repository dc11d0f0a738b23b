package main

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/sqlitestore"
)

// overtaken is a store into which another process publishes between a look at the head and Begin.
type overtaken struct {
	graph.Store
	publish func()
	broken  error // what Head is once it is published; nil: it works
	begun   int
	put     int
}

func (o *overtaken) Head(ctx context.Context) (graph.Revision, error) {
	if o.begun > 0 && o.broken != nil {
		return graph.Revision{}, o.broken
	}
	return o.Store.Head(ctx)
}

func (o *overtaken) Begin(ctx context.Context, spec graph.LoadSpec) (graph.Load, error) {
	if o.begun++; o.begun == 1 {
		o.publish()
	}
	load, err := o.Store.Begin(ctx, spec)
	return counted{load, o}, err
}

type counted struct {
	graph.Load
	of *overtaken
}

func (c counted) Put(ctx context.Context, b graph.Batch) error {
	c.of.put++
	return c.Load.Put(ctx, b)
}

// TestFillOvertaken shows that a store which another process has filled in the meantime is left as it is: no record is compared, and
// nothing of the load stays behind.
func TestFillOvertaken(t *testing.T) {
	broken := errors.New("broken")
	for _, test := range []struct {
		name string
		head error
	}{{"filled", nil}, {"not known", broken}} {
		t.Run(test.name, func(t *testing.T) {
			store, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "data"), sqlitestore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			}()
			begin := func() graph.Load {
				load, err := store.Begin(t.Context(), graph.LoadSpec{Origin: "other", Time: time.Now()})
				if err != nil {
					t.Fatal(err)
				}
				return load
			}
			o := &overtaken{Store: store, broken: test.head, publish: func() {
				load := begin()
				if err := load.Put(t.Context(), graph.Batch{Datasets: []graph.Dataset{{ID: "other", Title: "Other records"}}}); err != nil {
					t.Fatal(err)
				}
				if _, err := load.Publish(t.Context()); err != nil {
					t.Fatal(err)
				}
			}}
			say := func(sentence string) { t.Errorf("it says: %s", sentence) }
			if err := fill(t.Context(), o, "data", say, func(int, int) {}); !errors.Is(err, test.head) {
				t.Errorf("error %v, want %v", err, test.head)
			}
			if o.begun != 1 || o.put != 0 {
				t.Errorf("it began %d loads and put %d times; want one, and none", o.begun, o.put)
			}
			if head, err := store.Head(t.Context()); err != nil || head.Number != 1 || head.Origin != "other" {
				t.Errorf("head %+v, %v", head, err)
			}
			if err := begin().Discard(t.Context()); err != nil { // which is a conflict while another load is there
				t.Error(err)
			}
		})
	}
}

// Package jsonl writes a graph as JSON Lines, reads that back, and loads it into a store.
//
// The form is canonical: the same records are the same bytes. The first line is the header, the last one the number of records, and
// each line between them is one record with its sort and the origin to which it belongs, in the order of [graph.Dumper]:
//
//	{"format":"policygraph","version":1}
//	{"sort":"dataset","origin":"seed","record":{"id":"curated","title":"Curated records"}}
//	{"sort":"entity","origin":"seed","record":{"id":"org:boards","kind":"ORGANISATION","form":"CLASS"}}
//	{"records":2}
//
// Members of objects come in the order of the fields of the types in package graph; empty ones are left out. There is no space between
// them, and nothing is escaped that need not be. Reading takes this form and no other, so that what was read is written as it was.
package jsonl

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// Version is that of the form, which the header names.
const Version = 1

// formatName is what the header calls the form.
const formatName = "policygraph"

type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

type line struct {
	Sort   string `json:"sort"`
	Origin string `json:"origin"`
	Record any    `json:"record"`
}

type footer struct {
	Records int `json:"records"`
}

// A sort is one of the pointers of a [graph.Record].
type sort struct {
	name   string
	fresh  func(*graph.Record) any              // sets the pointer to a new value, and is it
	record func(graph.Record) (any, string)     // the value with its id; nil where the pointer is nil
	add    func(*graph.Batch, graph.Record)     // to the batch's list
	all    func(graph.Batch) (r []graph.Record) // of the batch's list
}

func sortOf[T any](name string, at func(*graph.Record) **T, id func(*T) string, list func(*graph.Batch) *[]T) sort {
	return sort{
		name: name,
		fresh: func(r *graph.Record) any {
			*at(r) = new(T)
			return *at(r)
		},
		record: func(r graph.Record) (any, string) {
			if p := *at(&r); p != nil {
				return p, id(p)
			}
			return nil, ""
		},
		add: func(b *graph.Batch, r graph.Record) { *list(b) = append(*list(b), **at(&r)) },
		all: func(b graph.Batch) (records []graph.Record) {
			for i := range *list(&b) {
				var r graph.Record
				*at(&r) = &(*list(&b))[i]
				records = append(records, r)
			}
			return records
		},
	}
}

// sorts are in the order of lines.
var sorts = []sort{
	sortOf("dataset", func(r *graph.Record) **graph.Dataset { return &r.Dataset },
		func(d *graph.Dataset) string { return d.ID }, func(b *graph.Batch) *[]graph.Dataset { return &b.Datasets }),
	sortOf("entity", func(r *graph.Record) **graph.Entity { return &r.Entity },
		func(e *graph.Entity) string { return e.ID }, func(b *graph.Batch) *[]graph.Entity { return &b.Entities }),
	sortOf("redirect", func(r *graph.Record) **graph.Redirect { return &r.Redirect },
		func(r *graph.Redirect) string { return r.From }, func(b *graph.Batch) *[]graph.Redirect { return &b.Redirects }),
	sortOf("statement", func(r *graph.Record) **graph.Statement { return &r.Statement },
		func(s *graph.Statement) string { return s.ID }, func(b *graph.Batch) *[]graph.Statement { return &b.Statements }),
	sortOf("changeEvent", func(r *graph.Record) **graph.ChangeEvent { return &r.ChangeEvent },
		func(e *graph.ChangeEvent) string { return e.ID }, func(b *graph.Batch) *[]graph.ChangeEvent { return &b.ChangeEvents }),
	sortOf("conflict", func(r *graph.Record) **graph.Conflict { return &r.Conflict },
		func(c *graph.Conflict) string { return c.ID }, func(b *graph.Batch) *[]graph.Conflict { return &b.Conflicts }),
}

// A Key is the place of a record in the order of lines.
type Key struct {
	sort int
	ID   string // of a redirect, the id that redirects
}

// KeyOf is a record's key.
func KeyOf(r graph.Record) Key {
	for i, s := range sorts {
		if record, id := s.record(r); record != nil {
			return Key{i, id}
		}
	}
	panic("jsonl: a record of no sort")
}

// Sort is the sort's name: dataset, entity, redirect, statement, changeEvent or conflict.
func (k Key) Sort() string { return sorts[k.sort].name }

// Compare is negative where k comes before other.
func (k Key) Compare(other Key) int {
	return cmp.Or(cmp.Compare(k.sort, other.sort), cmp.Compare(k.ID, other.ID))
}

// Sorts are the names of the sorts, in the order of lines.
func Sorts() []string {
	names := make([]string, len(sorts))
	for i, s := range sorts {
		names[i] = s.name
	}
	return names
}

// Append appends the line of a record, with its line break.
func Append(b []byte, r graph.Record) ([]byte, error) {
	s := sorts[KeyOf(r).sort]
	record, id := s.record(r)
	b, err := appendJSON(b, line{s.name, r.Origin, record})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", id, err)
	}
	return b, nil
}

func appendJSON(b []byte, v any) ([]byte, error) {
	buffer := bytes.NewBuffer(b)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// Write writes records, which come in order as those of [graph.Dumper] do, and returns how many they are. Where an error comes among
// them or in writing, it stops.
func Write(w io.Writer, records iter.Seq2[graph.Record, error]) (n int, err error) {
	buffer, err := appendJSON(nil, header{formatName, Version})
	if err != nil {
		return 0, err
	}
	for r, err := range records {
		if err != nil {
			return n, err
		}
		if buffer, err = Append(buffer, r); err != nil {
			return n, err
		}
		n++
		if len(buffer) >= 64<<10 {
			if _, err := w.Write(buffer); err != nil {
				return n, err
			}
			buffer = buffer[:0]
		}
	}
	if buffer, err = appendJSON(buffer, footer{n}); err != nil {
		return n, err
	}
	_, err = w.Write(buffer)
	return n, err
}

// Records are the records of a batch in the order of lines, as those of one origin.
func Records(origin string, b graph.Batch) iter.Seq[graph.Record] {
	return func(yield func(graph.Record) bool) {
		for _, s := range sorts {
			all := s.all(b)
			slices.SortStableFunc(all, func(a, b graph.Record) int {
				_, aID := s.record(a)
				_, bID := s.record(b)
				return strings.Compare(aID, bID)
			})
			for _, r := range all {
				r.Origin = origin
				if !yield(r) {
					return
				}
			}
		}
	}
}

// Digest names records of one origin, in the order of lines: the SHA-256 of their lines, in hexadecimal.
func Digest(records iter.Seq[graph.Record]) (string, error) {
	hash := sha256.New()
	var b []byte
	for r := range records {
		var err error
		if b, err = Append(b[:0], r); err != nil {
			return "", err
		}
		hash.Write(b)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

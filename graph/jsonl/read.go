package jsonl

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/policygraph/policygraph/graph"
)

// A Fault is a place in the lines that is not as it has to be. It is a [graph.ErrInvalid].
type Fault struct {
	Line, Column int // from 1; the column counts characters
	Text         string
}

func (f Fault) Error() string { return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Text) }

// Unwrap makes a fault a [graph.ErrInvalid].
func (f Fault) Unwrap() error { return graph.ErrInvalid }

// maxLine is how long a line may be. Records are far shorter.
const maxLine = 16 << 20

// Read reads records. It streams, and a caller may stop at any time. An error comes last, with the zero Record: a [Fault] where a line is
// not as it has to be, else that of the reader. That the lines were read to their end, without one missing, is certain only when the
// sequence has ended without an error.
func Read(r io.Reader) iter.Seq2[graph.Record, error] {
	return func(yield func(graph.Record, error) bool) {
		d := decoder{lines: bufio.NewReaderSize(r, 64<<10)}
		if err := d.header(); err != nil {
			yield(graph.Record{}, err)
			return
		}
		for {
			record, more, err := d.next()
			switch {
			case err != nil:
				yield(graph.Record{}, err)
				return
			case !more:
				return
			case !yield(record, nil):
				return
			}
		}
	}
}

type decoder struct {
	lines   *bufio.Reader
	text    []byte // of the line, without its break
	number  int    // of the line
	records int
	last    Key
	again   []byte
}

func (d *decoder) fault(column int, format string, args ...any) error {
	return Fault{d.number, column, fmt.Sprintf(format, args...)}
}

// at is the column of a byte of the line.
func (d *decoder) at(offset int) int {
	return utf8.RuneCount(d.text[:min(max(offset, 0), len(d.text))]) + 1
}

// read takes the next line. It is false at the end.
func (d *decoder) read() (bool, error) {
	d.number++
	d.text = d.text[:0]
	for {
		part, err := d.lines.ReadSlice('\n')
		d.text = append(d.text, part...)
		switch {
		case err == nil:
			d.text = d.text[:len(d.text)-1]
			return true, nil
		case err == io.EOF && len(d.text) == 0:
			return false, nil
		case err == io.EOF:
			return false, d.fault(d.at(len(d.text)), "the line breaks off: each ends in a line break, the last one too")
		case !errors.Is(err, bufio.ErrBufferFull):
			return false, fmt.Errorf("read line %d: %w", d.number, err)
		case len(d.text) > maxLine:
			return false, d.fault(1, "the line is longer than %d bytes", maxLine)
		}
	}
}

func (d *decoder) header() error {
	want, err := appendJSON(nil, header{formatName, Version})
	if err != nil {
		return err
	}
	var h header
	more, err := d.read()
	var fault Fault
	switch {
	case err != nil && !errors.As(err, &fault):
		return err
	case more && string(d.text)+"\n" == string(want):
		return nil
	case json.Unmarshal(d.text, &h) == nil && h.Format == formatName && h.Version != Version:
		return d.fault(1, "these lines are of version %d, and this program reads version %d", h.Version, Version)
	}
	return d.fault(1, "the first line is not the header of a graph; want %s", bytes.TrimSpace(want))
}

// next is the next record; there is none behind the last line.
func (d *decoder) next() (r graph.Record, more bool, err error) {
	more, err = d.read()
	switch {
	case err != nil:
		return r, false, err
	case !more:
		return r, false, d.fault(1, `the lines break off after %d records; the last line is {"records":%[1]d}`, d.records)
	case bytes.HasPrefix(d.text, []byte(`{"records":`)):
		return r, false, d.end()
	}
	if r, err = d.record(); err != nil {
		return graph.Record{}, false, err
	}
	key := KeyOf(r)
	if d.records > 0 && d.last.Compare(key) >= 0 {
		return graph.Record{}, false, d.fault(1, "the %s %s stands behind the %s %s; lines are in order of sort (%s) and then id, each once",
			key.Sort(), key.ID, d.last.Sort(), d.last.ID, strings.Join(Sorts(), ", "))
	}
	d.last = key
	d.records++
	return r, true, nil
}

// end checks the last line, and that it is the last.
func (d *decoder) end() error {
	want, err := appendJSON(nil, footer{d.records})
	if err != nil {
		return err
	}
	if string(d.text)+"\n" != string(want) {
		return d.fault(1, "there are %d records before this line; want %s", d.records, bytes.TrimSpace(want))
	}
	switch more, err := d.read(); {
	case err != nil:
		return err
	case more:
		return d.fault(1, "there is more behind the number of records, which is the last line")
	}
	return nil
}

// record decodes the line.
func (d *decoder) record() (r graph.Record, err error) {
	var raw json.RawMessage
	l := line{Record: &raw}
	if err := d.decode(d.text, 0, &l); err != nil {
		return r, err
	}
	if l.Origin == "" || len(raw) == 0 {
		return r, d.fault(1, `a member is missing or empty; want {"sort":…,"origin":…,"record":{…}}`)
	}
	base := bytes.Index(d.text, []byte(`"record":`)) + len(`"record":`)
	for _, s := range sorts {
		if s.name != l.Sort {
			continue
		}
		r.Origin = l.Origin
		if err := d.decode(raw, base, s.fresh(&r)); err != nil {
			return r, err
		}
		if _, id := s.record(r); id == "" {
			return r, d.fault(d.at(base), "the %s has no id", s.name)
		}
		return r, d.canonical(r)
	}
	return r, d.fault(1, "%q is not a sort; want one of %s", l.Sort, strings.Join(Sorts(), ", "))
}

// decode decodes a part of the line, which begins at base.
func (d *decoder) decode(text []byte, base int, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil && decoder.InputOffset() != int64(len(text)):
		return d.fault(d.at(base+int(decoder.InputOffset())), "there is more behind the JSON value; want one object a line")
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return d.fault(d.at(base+len(text)), "the line is not JSON: it breaks off")
	case errors.As(err, &syntax):
		return d.fault(d.at(base+int(syntax.Offset)-1), "the line ceases to be JSON here")
	case errors.As(err, &kind):
		return d.fault(d.at(base+int(kind.Offset)-1), "%s is not allowed to be of the JSON type %s", field(kind.Field), kind.Value)
	case errors.Is(err, graph.ErrInvalid): // of a date, which it quotes
		_, rest, _ := strings.Cut(err.Error(), `"`)
		quoted, _, _ := strings.Cut(rest, `"`)
		return d.fault(d.at(base+max(bytes.Index(text, []byte(`"`+quoted+`"`)), 0)), "%v", err)
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return d.fault(d.at(base+bytes.Index(text, []byte(name))), "there is no member %s here", name)
	}
	return d.fault(d.at(base), "the line cannot be read")
}

func field(name string) string {
	if name == "" {
		return "this"
	}
	return name
}

// canonical refuses a line that would not be written as it is.
func (d *decoder) canonical(r graph.Record) (err error) {
	if d.again, err = Append(d.again[:0], r); err != nil {
		return err
	}
	want := d.again[:len(d.again)-1]
	if bytes.Equal(want, d.text) {
		return nil
	}
	i := 0
	for i < min(len(want), len(d.text)) && want[i] == d.text[i] {
		i++
	}
	rest := want[i:]
	if len(rest) > 60 {
		rest = append(rest[:60:60], "…"...)
	}
	return d.fault(d.at(i), "the line is not in canonical form, in which it goes on here with %s", bytes.ToValidUTF8(rest, []byte("…")))
}

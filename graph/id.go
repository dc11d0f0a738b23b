package graph

import (
	"strconv"
	"strings"
)

// Ids are strings that say their kind and read well:
//
//	org:primary-care-trusts                                              an entity: prefix of its kind, then a name
//	org:pct:5QC                                                          a register's body: type, then code
//	stm:org:primary-care-trusts/name-acronym                             a statement: its owner's id, then the author's key
//	evt:primary-care-trusts-2013                                         a change event
//	stm:evt:primary-care-trusts-2013/REPLACED/org:…/org:…                a statement that follows from a change event
//	cfl:vanguard-sites                                                   a conflict
//
// Letter case matters. No id has an "@" or ";", and an entity's has no "/" either, so the longer forms and a [Ref] take apart in one way
// only.

// Prefixes of the ids that are not entities'.
const (
	StatementPrefix   = "stm"
	ChangeEventPrefix = "evt"
	ConflictPrefix    = "cfl"
)

// MaxIDLength is the longest id, in bytes, for statements too.
const MaxIDLength = 400

// MaxNameLength is the longest name, and the longest scheme or value of an identifier, in bytes.
const MaxNameLength = 1000

const idForm = `an id is a kind's prefix, ":" and letters, digits, ".", "_", "-" or ":", such as org:primary-care-trusts`

// CheckID says what is wrong with the id of an entity, a change event or a conflict, or nil.
func CheckID(id string) error {
	if len(id) > MaxIDLength {
		return Invalidf("an id has at most %d bytes, this one has %d", MaxIDLength, len(id))
	}
	prefix, name, ok := strings.Cut(id, ":")
	if !ok || name == "" {
		return Invalidf("%q is not an id: %s", id, idForm)
	}
	if _, known := KindOf(id); !known && prefix != ChangeEventPrefix && prefix != ConflictPrefix {
		return Invalidf("%q is not an id: no kind has the prefix %q; the prefixes are %s", id, prefix, prefixes())
	}
	if !wordsOf(name, "._-:") {
		return Invalidf("%q is not an id: %s", id, idForm)
	}
	return nil
}

// wordsOf says whether a text begins and ends with an ASCII letter or digit and has nothing but those and joints in between.
func wordsOf(text, joints string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || i == len(text)-1 || strings.IndexByte(joints, c) < 0) {
			return false
		}
	}
	return true
}

// CheckStatementID says what is wrong with the id of a statement, or nil.
func CheckStatementID(id string) error {
	if len(id) > MaxIDLength {
		return Invalidf("an id has at most %d bytes, this one has %d", MaxIDLength, len(id))
	}
	rest, ok := strings.CutPrefix(id, StatementPrefix+":")
	owner, key, slash := strings.Cut(rest, "/")
	switch {
	case !ok || !slash || key == "":
		return Invalidf("%q is not a statement's id: it is %q, an entity's or change event's id, \"/\" and a key", id, StatementPrefix+":")
	case !wordsOf(key, "._-:/"):
		return Invalidf("%q is not a statement's id: its key has letters, digits, \".\", \"_\", \"-\", \":\" or \"/\", and begins and ends with a letter or digit", id)
	}
	return CheckID(owner)
}

func prefixes() string {
	var b strings.Builder
	for _, k := range Kinds {
		b.WriteString(k.Prefix + ", ")
	}
	return b.String() + StatementPrefix + ", " + ChangeEventPrefix + ", " + ConflictPrefix
}

// KindOf is the kind that an entity's id says; ok is false for any other id.
func KindOf(id string) (kind Kind, ok bool) {
	prefix, _, colon := strings.Cut(id, ":")
	for i := range Kinds {
		if colon && Kinds[i].Prefix == prefix {
			return Kinds[i].Kind, true
		}
	}
	return "", false
}

// StatementID is the id of the statement that its author keyed so under an entity or a change event.
func StatementID(owner, key string) string { return StatementPrefix + ":" + owner + "/" + key }

// A Ref is an id as clients hold it: under a date it carries the date, and the revision where one was asked for, because a client
// that normalises by id would otherwise merge two dates of one body.
type Ref struct {
	ID       string // the id without the date: the key
	Date     Date   // zero: none
	Revision int64  // 0: none asked for
}

// RefOf is how an id reads under a view.
func RefOf(id string, v View) Ref {
	r := Ref{ID: id, Date: v.Date}
	if v.Pinned {
		r.Revision = v.Revision
	}
	return r
}

// String is the id, then "@" and the date, then ";r" and the revision: org:primary-care-trusts@2014;r12, org:primary-care-trusts@;r12.
func (r Ref) String() string {
	if r.Date.IsZero() && r.Revision == 0 {
		return r.ID
	}
	s := r.ID + "@" + r.Date.String()
	if r.Revision > 0 {
		s += ";r" + strconv.FormatInt(r.Revision, 10)
	}
	return s
}

// ParseRef takes a Ref's text apart. It checks the suffix; whether the id itself is one, [CheckID] says.
func ParseRef(s string) (Ref, error) {
	id, suffix, dated := strings.Cut(s, "@")
	r := Ref{ID: id}
	if !dated {
		return r, nil
	}
	date, revision, pinned := strings.Cut(suffix, ";")
	if pinned {
		digits, ok := strings.CutPrefix(revision, "r")
		n, err := strconv.ParseInt(digits, 10, 64)
		if !ok || err != nil || n < 1 || strconv.FormatInt(n, 10) != digits {
			return Ref{}, Invalidf("%q does not end in a revision: want ;r and its number, such as %s@2014;r12", s, id)
		}
		r.Revision = n
	}
	if date == "" && pinned {
		return r, nil
	}
	d, err := ParseQueryDate(date)
	if err != nil {
		return Ref{}, Invalidf("the id %q carries a date that cannot be read: %v", s, err)
	}
	r.Date = d
	return r, nil
}

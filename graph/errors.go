package graph

import (
	"errors"
	"fmt"
)

// The errors that a caller may test for with errors.Is. Everything else is an internal fault.
var (
	// ErrInvalid marks input that the caller can mend. Its text is meant for the caller and names what is allowed.
	ErrInvalid = errors.New("invalid input")
	// ErrConflict marks a write that another writer has overtaken, or a second pending revision.
	ErrConflict = errors.New("conflict")
	// ErrClosed marks the use of a store after Close.
	ErrClosed = errors.New("store is closed")
	// ErrUnavailable marks a store that cannot answer now and may later.
	ErrUnavailable = errors.New("store is unavailable")
	// ErrUnsupported marks a file or a server that this version cannot read, such as a database of a newer version.
	ErrUnsupported = errors.New("unsupported")
	// ErrNoGraph marks a place where nothing has been published yet, opened by a caller that wants a graph to be there.
	ErrNoGraph = errors.New("no graph")
	// ErrLimit marks a request that asks for more than a limit allows. Its text names the limit and what to lower.
	ErrLimit = errors.New("limit exceeded")
)

// publicError is a sentence for the caller, of one of the kinds above.
type publicError struct {
	kind error
	at   string // the place in the request
	text string
}

func (e *publicError) Error() string {
	if e.at == "" {
		return e.text
	}
	return e.at + ": " + e.text
}

func (e *publicError) Unwrap() error { return e.kind }

// At gives an [ErrInvalid] or [ErrLimit] that names no place the place in the request that it is about, which then begins its text.
func At(place string, err error) error {
	var e *publicError
	if !errors.As(err, &e) || e.at != "" {
		return err
	}
	return &publicError{e.kind, place, e.text}
}

// PlaceOf is the place in the request that an error is about; "" where it names none.
func PlaceOf(err error) string {
	var e *publicError
	if !errors.As(err, &e) {
		return ""
	}
	return e.at
}

// Invalidf is an [ErrInvalid] whose text is the formatted sentence alone: what was wrong, and what is allowed.
func Invalidf(format string, args ...any) error {
	return &publicError{ErrInvalid, "", fmt.Sprintf(format, args...)}
}

// Limitf is an [ErrLimit] whose text is the formatted sentence alone: which limit, and what to lower.
func Limitf(format string, args ...any) error {
	return &publicError{ErrLimit, "", fmt.Sprintf(format, args...)}
}

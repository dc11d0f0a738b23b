package seed

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/policygraph/policygraph/graph"
)

// A scalar is how a value without parts is read from its text.
type scalar struct {
	what  string // "a date": for messages
	parse func(text string) (any, error)
}

// scalars is the table of types without parts; a type that is not here is a struct, list or map.
var scalars = map[reflect.Type]scalar{
	reflect.TypeFor[string]():             {"text", parseText},
	reflect.TypeFor[bool]():               {"true or false", parseBool},
	reflect.TypeFor[int]():                {"a whole number", parseInt},
	reflect.TypeFor[float64]():            {"a number", parseNumber},
	reflect.TypeFor[key]():                {"a key", parseKey},
	reflect.TypeFor[entityID]():           {"an entity's id", parseEntityID},
	reflect.TypeFor[lineRange]():          {"a line", parseLineRange},
	reflect.TypeFor[statementID]():        {"a statement's id", parseStatementID},
	reflect.TypeFor[graph.Date]():         {"a date", func(text string) (any, error) { return graph.ParseDate(text) }},
	reflect.TypeFor[graph.Period]():       {"a period", func(text string) (any, error) { return graph.ParsePeriod(text) }},
	reflect.TypeFor[graph.Form]():         words("a form", graph.Forms),
	reflect.TypeFor[graph.Status]():       words("a status", graph.Statuses),
	reflect.TypeFor[graph.Certainty]():    words("a certainty", graph.Certainties),
	reflect.TypeFor[graph.Rank]():         words("a rank", graph.Ranks),
	reflect.TypeFor[graph.Role]():         words("a role", graph.Roles),
	reflect.TypeFor[graph.Aspect]():       words("an aspect", graph.Aspects),
	reflect.TypeFor[graph.NameUse]():      words("a use", graph.NameUses),
	reflect.TypeFor[graph.ConflictKind](): words("a kind of conflict", graph.ConflictKinds),
	reflect.TypeFor[graph.ChangeKind](): words("a kind of change",
		column(graph.ChangeRules, func(r graph.ChangeRule) graph.ChangeKind { return r.Kind })),
	reflect.TypeFor[graph.PropertyName](): words("a property",
		column(graph.Properties, func(r graph.PropertyInfo) graph.PropertyName { return r.Name })),
	reflect.TypeFor[graph.RelationName](): {"a relation", parseRelation},
}

var relations = words("a relation", column(graph.Ontology, func(r graph.RelationInfo) graph.RelationName { return r.Name }))

func column[R, C any](rows []R, cell func(R) C) []C {
	list := make([]C, len(rows))
	for i, row := range rows {
		list[i] = cell(row)
	}
	return list
}

// words is a scalar that is one of a list.
func words[T ~string](what string, list []T) scalar {
	return scalar{what, func(text string) (any, error) {
		if slices.Contains(list, T(text)) {
			return T(text), nil
		}
		return nil, graph.Invalidf("%q is not %s%s", text, what, allowed(text, list))
	}}
}

// allowed ends a message: the words that may stand there, and the one that was probably meant.
func allowed[T ~string](text string, list []T) string {
	var b strings.Builder
	b.WriteString("; allowed: ")
	for i, word := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(word))
	}
	if best := nearest(text, list); best != "" {
		fmt.Fprintf(&b, "; did you mean %s?", best)
	}
	return b.String()
}

func parseRelation(text string) (any, error) {
	if row, inverse, _ := graph.RelationRow(graph.RelationName(text)); inverse {
		return nil, graph.Invalidf("%s is the inverse of %s: write %s in the file of the other entity", text, row.Name, row.Name)
	}
	return relations.parse(text)
}

// parseText refuses what nobody sees in a text: it would make two names of one, and quoting depend on it.
func parseText(text string) (any, error) {
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return nil, graph.Invalidf("the text has a %s in it; it is one paragraph of visible characters and single spaces (fold long text with >-)", runeName(r))
		}
	}
	if strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
		return nil, graph.Invalidf("the text begins or ends with a space, or has two in a row; leave the stray spaces out")
	}
	return text, nil
}

func runeName(r rune) string {
	switch r {
	case '\n':
		return "line break"
	case '\t':
		return "tab"
	case '\u00a0':
		return "no-break space"
	}
	return fmt.Sprintf("character %U", r)
}

func parseBool(text string) (any, error) {
	if text != "true" && text != "false" {
		return nil, graph.Invalidf("%q is neither true nor false", text)
	}
	return text == "true", nil
}

func parseInt(text string) (any, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return nil, graph.Invalidf("%q is not a whole number from 1", text)
	}
	return n, nil
}

var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

func parseNumber(text string) (any, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !numberForm.MatchString(text) {
		return nil, graph.Invalidf("%q is not a number; write digits, with a point before decimals: 5300000000 or 0.5", text)
	}
	return n, nil
}

var keyForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

const keyRule = "lower-case letters and digits in words joined by single hyphens, as in replaced-primary-care-trusts"

func parseKey(text string) (any, error) {
	if !keyForm.MatchString(text) {
		return nil, graph.Invalidf("%q is not a key: it is %s", text, keyRule)
	}
	return key(text), nil
}

func parseEntityID(text string) (any, error) {
	if err := graph.CheckID(text); err != nil {
		return nil, err
	}
	if _, ok := graph.KindOf(text); !ok {
		return nil, graph.Invalidf("%q is not the id of an entity", text)
	}
	return entityID(text), nil
}

func parseStatementID(text string) (any, error) {
	return statementID(text), graph.CheckStatementID(text)
}

// parseLineRange reads a line, or the first and last of several: 12 or 87-125.
func parseLineRange(text string) (any, error) {
	first, last, ranges := strings.Cut(text, "-")
	from, err := parseInt(first)
	if err != nil {
		return nil, graph.Invalidf("%q is not a line; write its number, or the first and last of several: 87-125", text)
	}
	r := lineRange{from.(int), from.(int)}
	if ranges {
		to, err := parseInt(last)
		if err != nil || to.(int) <= r.first {
			return nil, graph.Invalidf("%q is not a range of lines; write its first and last: 87-125", text)
		}
		r.last = to.(int)
	}
	return r, nil
}

// nearest is the word of the list that a text was probably meant to be, or "".
func nearest[T ~string](text string, list []T) (best T) {
	least := len(text)/3 + 2
	for _, word := range list {
		if d := graph.EditDistance(strings.ToLower(text), strings.ToLower(string(word)), least); d < least {
			best, least = word, d
		}
	}
	return best
}

package neo4jstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// The sorts of record, in the order in which a Put makes them.
const (
	datasetSort = iota
	entitySort
	statementSort
	changeEventSort
	conflictSort
	redirectSort
	sorts
)

// sortRow is what differs between sorts.
type sortRow struct {
	label      string // of the versions
	put        string // file with the text that makes them
	find, mark string // texts
}

var sortTable = func() (table [sorts]sortRow) {
	for sort, row := range map[int]sortRow{
		datasetSort:     {label: "DatasetVersion", put: "put_datasets"},
		entitySort:      {label: "EntityVersion", put: "put_entities"},
		statementSort:   {label: "StatementVersion", put: "put_statements"},
		changeEventSort: {label: "ChangeEventVersion", put: "put_change_events"},
		conflictSort:    {label: "ConflictVersion", put: "put_conflicts"},
		redirectSort:    {label: "RedirectVersion", put: "put_redirects"},
	} {
		row.find = fmt.Sprintf(`
			UNWIND $ids AS id
			MATCH (v:%s) WHERE v.id = id AND v.addedIn <= $number AND v.removedIn >= $number
			RETURN collect(v {.id, .origin, .addedIn, .putIn, .digest}) AS found`, row.label)
		row.mark = fmt.Sprintf(`
			UNWIND $rows AS row
			MATCH (v:%s) WHERE v.id = row.id AND v.addedIn < $number AND v.removedIn >= $number
			SET v.putIn = $number, v.removedIn = row.removedIn, v.toTidy = CASE WHEN row.removedIn = $lasting THEN null ELSE $number END`, row.label)
		table[sort] = row
	}
	return table
}()

// made is a record as the database is to have it.
type made struct {
	id       string
	digest   []byte
	row      params   // of its sort's text; properties are those of the version
	entities []string // whose nodes it needs; ids of other things are passed over
	words    []string // of an entity's names
}

// prepare makes a batch ready, by sort.
func (l *load) prepare(b graph.Batch) (out [sorts][]made, err error) {
	add := func(sort int, record any, id string, entities, references []string, properties, more params) error {
		text, digest, err := document(record)
		if err != nil {
			return err
		}
		for key, value := range (params{
			"id": id, "origin": l.spec.Origin, "addedIn": l.number, "removedIn": int64(lasting), "putIn": l.number, "digest": digest,
		}) {
			properties[key] = value
		}
		if _, ok := properties["document"]; !ok {
			properties["document"] = text
		}
		if references != nil {
			properties["references"] = distinct(references)
		}
		row := params{"properties": properties}
		for key, value := range more {
			row[key] = value
		}
		out[sort] = append(out[sort], made{id: id, digest: digest, row: row, entities: entities})
		return nil
	}
	for i := range b.Datasets {
		d := &b.Datasets[i]
		if err := add(datasetSort, d, d.ID, nil, nil, params{"title": d.Title}, nil); err != nil {
			return out, err
		}
	}
	for i := range b.Entities {
		e := &b.Entities[i]
		properties, more := entityProperties(e, l.number)
		if err := add(entitySort, e, e.ID, []string{e.ID}, nil, properties, more); err != nil {
			return out, err
		}
		out[entitySort][i].words = strings.Fields(strings.Join(properties["names"].([]string), " "))
	}
	for i := range b.Statements {
		s := &b.Statements[i]
		properties, more, named, err := statementProperties(s, l.number)
		if err != nil {
			return out, err
		}
		references := append(slices.Clone(named), s.References()...)
		if err := add(statementSort, s, s.ID, references, references, properties, more); err != nil {
			return out, err
		}
	}
	for i := range b.ChangeEvents {
		e := &b.ChangeEvents[i]
		references := e.References()
		properties, more := changeEventProperties(e)
		if err := add(changeEventSort, e, e.ID, references, references, properties, more); err != nil {
			return out, err
		}
	}
	for i := range b.Conflicts {
		c := &b.Conflicts[i]
		references := distinct(c.References())
		if err := add(conflictSort, c, c.ID, nil, references, params{"kind": string(c.Kind), "members": distinct(c.Members)}, params{"members": references}); err != nil {
			return out, err
		}
	}
	for i := range b.Redirects {
		r := &b.Redirects[i]
		if err := add(redirectSort, r, r.From, []string{r.To}, []string{r.To}, params{"target": r.To}, nil); err != nil {
			return out, err
		}
	}
	return out, nil
}

// document is a record's JSON, with its digest, which decides whether two records are equal.
func document(record any) (text string, digest []byte, err error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(record); err != nil {
		return "", nil, err
	}
	encoded := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	sum := sha256.Sum256(encoded)
	return string(encoded), sum[:], nil
}

// distinct is a list in order, each value once. It is never nil, which the database would not keep.
func distinct(list []string) []string {
	out := append(make([]string, 0, len(list)), list...)
	slices.Sort(out)
	return slices.Compact(out)
}

// byName is the sort key of a folded name.
func byName(folded, id string) string { return inUnits(folded) + "\t" + id }

// inUnits writes a text so that its order by code points is also its order by UTF-16 units, by which Neo4j compares outside its indexes. The
// code points for which the two differ, which are rare letters, become the last one for which they do not, and digits.
func inUnits(text string) string {
	const last = '\uD7FF'
	if strings.IndexFunc(text, func(r rune) bool { return r >= last }) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r < last {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "%c%06x", last, r)
		}
	}
	return b.String()
}

// byDays is the sort key of two days.
func byDays(lo, hi graph.Day, id string) string {
	const first = int64(graph.MinDay)
	return fmt.Sprintf("%08x%08x%s", int64(lo)-first, int64(hi)-first, id)
}

func yearOf(b graph.Bounds) string {
	year, _ := b.Year()
	return year.String()
}

// addBounds adds the four days.
func addBounds(p params, b graph.Bounds) params {
	p["startLo"], p["startHi"], p["endLo"], p["endHi"] = int64(b.StartLo), int64(b.StartHi), int64(b.EndLo), int64(b.EndHi)
	return p
}

func entityProperties(e *graph.Entity, number int64) (properties, more params) {
	name := e.NameAt(graph.Date{})
	start, _ := e.StartAt(graph.Date{})
	end, _ := e.EndAt(graph.Date{})
	folded := graph.Fold(name)
	properties = addBounds(params{
		"kind": string(e.Kind), "form": string(e.Form), "type": e.Type, "typeText": graph.Fold(e.Type),
		"name": name, "start": start.String(), "end": end.String(), "summary": e.Summary,
		"year":   yearOf(e.Life),
		"byName": byName(folded, e.ID), "byDate": byDays(e.Life.StartLo, e.Life.StartHi, e.ID), "byEnd": byDays(e.Life.EndLo, e.Life.EndHi, e.ID),
		"toTidy": number,
	}, e.Life)
	addNames(properties, e.ID, e.Names)
	shown := []any{}
	if all := e.ShownNames(); len(all) == 1 {
		properties["byOnlyName"] = properties["byName"]
	} else {
		for _, name := range all {
			shown = append(shown, params{"kind": string(e.Kind), "name": name, "byName": byName(name, e.ID)})
		}
	}
	identifiers := make([]any, len(e.Identifiers))
	for i, id := range e.Identifiers {
		identifiers[i] = params{"scheme": id.Scheme, "value": id.Value, "startLo": int64(id.Bounds.StartLo), "endHi": int64(id.Bounds.EndHi)}
	}
	return properties, params{"shown": shown, "identifiers": identifiers}
}

// addNames adds lists with the names, in the order of the statements that give them.
func addNames(p params, id string, names []graph.Name) {
	names = slices.Clone(names)
	slices.SortStableFunc(names, func(a, b graph.Name) int { return strings.Compare(a.Statement, b.Statement) })
	n := len(names)
	texts, keys, uses, ranks := make([]string, n), make([]int64, n), make([]int64, n), make([]int64, n)
	startLo, startHi, endLo, endHi := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i := range names {
		use, rank := names[i].Order()
		texts[i], uses[i], ranks[i] = graph.Fold(names[i].Text), int64(use), int64(rank)
		keys[i] = graph.NameKey(id, texts[i])
		b := names[i].Bounds
		startLo[i], startHi[i], endLo[i], endHi[i] = int64(b.StartLo), int64(b.StartHi), int64(b.EndLo), int64(b.EndHi)
	}
	p["names"], p["nameKeys"], p["nameUse"], p["nameRank"] = texts, keys, uses, ranks
	p["nameStartLo"], p["nameStartHi"], p["nameEndLo"], p["nameEndHi"] = startLo, startHi, endLo, endHi
}

// statementProperties also returns the ids of the ends and sources.
func statementProperties(s *graph.Statement, number int64) (properties, more params, named []string, err error) {
	bare := *s
	bare.Citations = nil
	text, _, err := document(&bare)
	if err != nil {
		return nil, nil, nil, err
	}
	_, told := s.Extent()
	named = []string{s.Subject}
	properties = addBounds(params{
		"document": text, "subject": s.Subject, "told": int64(told), "year": yearOf(s.Bounds),
		"status": string(s.Status), "rank": string(s.Rank), "certainty": string(s.Certainty), "changeEvent": s.ChangeEvent,
		"byDate": byDays(s.Bounds.StartLo, s.Bounds.StartHi, s.ID), "byEnd": byDays(s.Bounds.EndLo, s.Bounds.EndHi, s.ID),
	}, s.Bounds)
	relations := []any{}
	value := s.Value
	if s.Relation != "" {
		value = graph.Value{}
		named = append(named, s.Object)
		properties["predicate"], properties["object"] = string(s.Relation), s.Object
		if s.Status == graph.InEffect && s.Rank != graph.Deprecated {
			relation := addBounds(params{"statement": s.ID, "addedIn": number}, s.Bounds)
			if !s.When.IsZero() {
				relation["when"] = s.When.String()
			}
			if !s.Period.IsZero() {
				relation["period"] = s.Period.String()
			}
			relations = append(relations, params{"type": string(s.Relation), "object": s.Object, "properties": relation})
		}
	} else {
		properties["predicate"] = string(s.Property)
	}
	addValue(properties, value)
	addQualifiers(properties, s.Qualifiers)
	citations, list, err := addCitations(properties, s.Citations, properties["byDate"])
	if err != nil {
		return nil, nil, nil, err
	}
	properties["citations"] = list
	for i := range s.Citations {
		named = append(named, s.Citations[i].SourceID)
	}
	return properties, params{
		"relations": relations, "citations": citations, "basis": basisRows(s.Basis),
		"names": distinct(slices.DeleteFunc(s.References(), func(id string) bool { return id == s.ChangeEvent || isBasis(s.Basis, id) })),
	}, named, nil
}

func isBasis(basis []graph.Basis, id string) bool {
	return slices.ContainsFunc(basis, func(b graph.Basis) bool { return b.LegislationID == id })
}

func addValue(p params, v graph.Value) {
	lo, to := v.Days()
	p["valueKind"], p["text"], p["number"], p["dayLo"], p["dayTo"] = string(v.Kind), graph.Fold(v.Text), v.Number, int64(lo), int64(to)
}

func addQualifiers(p params, qualifiers []graph.Qualifier) {
	n := len(qualifiers)
	names, kinds, texts, numbers, los, tos := make([]string, n), make([]string, n), make([]string, n), make([]float64, n), make([]int64, n), make([]int64, n)
	for i := range qualifiers {
		v := qualifiers[i].Value
		lo, to := v.Days()
		names[i], kinds[i], texts[i], numbers[i], los[i], tos[i] = string(qualifiers[i].Name), string(v.Kind), graph.Fold(v.Text), v.Number, int64(lo), int64(to)
	}
	p["qualifiers"], p["qualifierKinds"], p["qualifierTexts"], p["qualifierNumbers"], p["qualifierDayLo"], p["qualifierDayTo"] = names, kinds, texts, numbers, los, tos
}

// addCitations adds what the version itself has of its citations, and returns the rows of their relationships and their JSON. Those that are
// the first for their source and role have the sort key.
func addCitations(p params, citations []graph.Citation, byDate any) (rows []any, list string, err error) {
	type place struct {
		source string
		role   graph.Role
	}
	first := make(map[place]bool)
	sources, datasets, claims, supports := []string{}, []string{}, []string{}, 0
	rows = make([]any, len(citations))
	for i := range citations {
		c := &citations[i]
		sources, datasets = append(sources, c.SourceID), append(datasets, c.Dataset)
		if c.ClaimsValue() {
			claims = append(claims, c.Dataset)
		}
		if c.Role == graph.Supports {
			supports++
		}
		aspects := make([]string, len(c.Aspects))
		for j, a := range c.Aspects {
			aspects[j] = string(a)
		}
		row := params{"ordinal": i, "source": c.SourceID, "dataset": c.Dataset, "role": string(c.Role), "aspects": aspects, "locator": c.Locator, "note": c.Note}
		if at := (place{c.SourceID, c.Role}); byDate != nil && !first[at] {
			first[at] = true
			row["byDate"] = byDate
		}
		rows[i] = row
	}
	p["sources"], p["datasets"], p["claims"], p["supports"] = sources, datasets, distinct(claims), supports
	if citations == nil {
		citations = []graph.Citation{}
	}
	text, err := json.Marshal(citations)
	return rows, string(text), err
}

func basisRows(basis []graph.Basis) []any {
	rows := make([]any, len(basis))
	for i, b := range basis {
		rows[i] = params{"legislation": b.LegislationID, "provision": b.Provision}
	}
	return rows
}

func changeEventProperties(e *graph.ChangeEvent) (properties, more params) {
	participants := distinct(slices.Concat(e.Inputs, e.Outputs, e.Responsibilities))
	under := make([]string, len(e.Basis))
	for i, b := range e.Basis {
		under[i] = b.LegislationID
	}
	properties = params{
		"kind": string(e.Kind), "startLo": int64(e.Bounds.StartLo), "startHi": int64(e.Bounds.StartHi), "endHi": int64(e.Bounds.EndHi),
		"status": string(e.Status), "rank": string(e.Rank), "participants": participants, "under": distinct(under),
		"byDate": byDays(e.Bounds.StartLo, e.Bounds.StartHi, e.ID),
	}
	datasets := make([]string, len(e.Citations))
	for i := range e.Citations {
		datasets[i] = e.Citations[i].Dataset
	}
	citations, _, _ := addCitations(params{}, e.Citations, nil)
	properties["datasets"] = distinct(datasets)
	named := slices.Clone(participants)
	for _, p := range e.Pairs {
		named = append(named, p.From, p.To)
	}
	return properties, params{"citations": citations, "basis": basisRows(e.Basis), "names": distinct(named)}
}

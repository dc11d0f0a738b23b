package gqlmodel

import (
	"time"

	"github.com/policygraph/policygraph/graph"
)

// Dataset is a data set as a view sees it.
type Dataset struct {
	graph.Dataset
	View graph.View
}

// Description is nil where there is none.
func (d Dataset) Description() *string { return text(d.Dataset.Description) }

// Publisher is nil where not told.
func (d Dataset) Publisher() *string { return text(d.Dataset.Publisher) }

// LicenceURL is nil where not told.
func (d Dataset) LicenceURL() *string { return text(d.Dataset.LicenceURL) }

// Attribution is nil where none is asked for.
func (d Dataset) Attribution() *string { return text(d.Dataset.Attribution) }

// URL is nil for our own.
func (d Dataset) URL() *string { return text(d.Dataset.URL) }

// Retrieved is nil for our own.
func (d Dataset) Retrieved() *graph.Date { return date(d.Dataset.Retrieved) }

// Version is nil where there is none.
func (d Dataset) Version() *string { return text(d.Dataset.Version) }

// Revision is a published revision.
type Revision struct{ graph.Revision }

// Time is when it was published.
func (r Revision) Time() time.Time { return r.Revision.Time }

// Author is nil where not told.
func (r Revision) Author() *string { return text(r.Revision.Author) }

// Comment is nil where there is none.
func (r Revision) Comment() *string { return text(r.Revision.Comment) }

// Statistics is the root of counts under a view.
type Statistics struct{ View graph.View }

// Counts are the groups of a count under a view.
type Counts struct {
	graph.Counts
	By   graph.CountBy
	View graph.View
}

// Groups are the groups that are shown.
func (c Counts) Groups() []Count {
	return rows(c.Counts.Groups, func(g graph.Count) Count { return Count{g, c.By, c.View} })
}

// MoreGroups is the number of groups beyond.
func (c Counts) MoreGroups() int { return c.More }

// Count is one group.
type Count struct {
	Group graph.Count
	By    graph.CountBy
	View  graph.View
}

// Key is what the group has in common.
func (c Count) Key() string { return c.Group.Key }

// Count is how many there are in it.
func (c Count) Count() int { return c.Group.N }

// EntityID is the entity that the key names; "" where the groups are not by entity.
func (c Count) EntityID() string {
	switch c.By {
	case graph.CountBySubject, graph.CountByObject, graph.CountBySource:
		return c.Group.Key
	}
	return ""
}

// Ontology is the tables of what the graph can say.
type Ontology struct{}

// OntologyKind is a row of the table of kinds.
type OntologyKind struct{ graph.KindInfo }

// OntologyRelation is a row of the table of relations.
type OntologyRelation struct{ graph.RelationInfo }

// Inverse is the name seen from the object.
func (r OntologyRelation) Inverse() string { return string(r.RelationInfo.Inverse) }

// Qualifiers are those that it may carry.
func (r OntologyRelation) Qualifiers() []graph.QualifierName {
	return listed(r.RelationInfo.Qualifiers)
}

// Term is nil where there is none.
func (r OntologyRelation) Term() *string { return text(r.RelationInfo.Term) }

// OntologyProperty is a row of the table of properties.
type OntologyProperty struct{ graph.PropertyInfo }

// Qualifiers are those that it may carry.
func (p OntologyProperty) Qualifiers() []graph.QualifierName {
	return listed(p.PropertyInfo.Qualifiers)
}

// Term is nil where there is none.
func (p OntologyProperty) Term() *string { return text(p.PropertyInfo.Term) }

// OntologyQualifier is a row of the table of qualifiers.
type OntologyQualifier struct{ graph.QualifierInfo }

// Words are the allowed texts; empty where any is.
func (q OntologyQualifier) Words() []string { return listed(q.QualifierInfo.Words) }

// OntologyChangeKind is a row of the table of changes.
type OntologyChangeKind struct{ graph.ChangeRule }

// MaxInputs is nil where there is no limit.
func (c OntologyChangeKind) MaxInputs() *int { return limit(c.ChangeRule.MaxInputs) }

// MaxOutputs is nil where there is no limit.
func (c OntologyChangeKind) MaxOutputs() *int { return limit(c.ChangeRule.MaxOutputs) }

func limit(n int) *int {
	if n >= graph.Unlimited {
		return nil
	}
	return &n
}

// listed is an empty list in place of none, which would be null.
func listed[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// Kinds is the table of kinds.
func (Ontology) Kinds() []OntologyKind {
	return rows(graph.Kinds, func(k graph.KindInfo) OntologyKind { return OntologyKind{k} })
}

// Relations is the table of relations.
func (Ontology) Relations() []OntologyRelation {
	return rows(graph.Ontology, func(r graph.RelationInfo) OntologyRelation { return OntologyRelation{r} })
}

// Properties is the table of properties.
func (Ontology) Properties() []OntologyProperty {
	return rows(graph.Properties, func(p graph.PropertyInfo) OntologyProperty { return OntologyProperty{p} })
}

// Qualifiers is the table of qualifiers.
func (Ontology) Qualifiers() []OntologyQualifier {
	return rows(graph.Qualifiers, func(q graph.QualifierInfo) OntologyQualifier { return OntologyQualifier{q} })
}

// ChangeKinds is the table of changes.
func (Ontology) ChangeKinds() []OntologyChangeKind {
	return rows(graph.ChangeRules, func(c graph.ChangeRule) OntologyChangeKind { return OntologyChangeKind{c} })
}

func rows[R, T any](table []R, wrap func(R) T) []T {
	out := make([]T, len(table))
	for i, r := range table {
		out[i] = wrap(r)
	}
	return out
}

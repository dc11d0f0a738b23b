// Package graph is the vocabulary of policygraph and knows no technology: kinds, ids, EDTF dates and periods, statements and their
// evidence, the ontology, change events, revisions, and the contract that a store keeps. It imports the standard library only.
//
// The rules that need thought live here once, so that every store answers alike: what a date bounds ([Date], [Period], [Bounds]),
// whether a statement holds on a date ([Bounds.Holds]), which name, start and end an entity shows ([Entity.NameAt]), what a change
// event implies ([ChangeKind.Rule]), how text is folded ([Fold]), what filters compare ([StatementFilter], [EntityFilter]), where a row
// stands in a list ([Order], [Cursor]) and how search results rank ([RankCandidates]).
package graph

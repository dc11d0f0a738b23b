// Package sqlitestore keeps a graph in one SQLite file: the embedded store, which needs no server and no C compiler.
//
// Records are versions. Each row of a record table carries the revision that added it and the one that removed it (never null: a row in
// force is removed in [lasting]), so a read at a revision is a comparison of integers and no transaction needs to be held between reads.
// A load adds rows of its own number, which nobody reads before the head moves to it; giving it up deletes them and clears its marks.
// The first load of a database does without most indexes, which its publication makes.
//
// A record is stored whole as JSON, and its versions never change, so decoded records are shared through a bounded cache by row. Beside
// the document stand the columns that reads select and order by. Names are searched by their folded words.
//
// A list is ranges of an index in its order, one for each kind, relation or role, merged; filters are compiled to conditions on each row
// of a range. So a page costs about its rows where the filter leaves few out, and the length of its ranges at worst. A filter that names
// what it is about by id starts there. Counts read all that they count, but for those of everything without a filter or date, of which each
// publication keeps by how much it changed them.
//
// Nothing here knows what dates mean: bounds are compared as the integers that graph made of them. One process at a time loads, which a
// lease sees to; several may read. There is no replication and no encryption.
package sqlitestore

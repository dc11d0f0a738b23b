// Package neo4jstore keeps a graph in Neo4j 5.26 or newer: the store for a graph that several servers share, or that its users want to
// query in Cypher. README.md beside this file has the model.
//
// Records are versions, as nodes with the numbers of the revision that added each and of the one that removed it, so a read at a revision
// is a comparison of integers. A load adds nodes of its own number, in a transaction for each Put, which nobody reads before the head
// moves to it. Beside the versions stand the entities themselves with typed relationships, for people in Neo4j Browser: the API reads the
// versions alone.
//
// Reads are single statements in read transactions of their own, tried again where what failed may pass. Lists come nested in few
// records: a record costs the driver more than what is in it. The deadline of a context stops the query in the server too. All text of
// queries is this package's own: what a caller gives goes in as parameters.
//
// Nothing here knows what dates mean: bounds are compared as the integers that graph made of them. One process at a time loads, which a
// lease sees to. The store starts no goroutine of its own; the driver has some.
package neo4jstore

// The entities themselves, which records name. A name comes with the tidying after publication.
UNWIND $rows AS row
MERGE (e:Entity {id: row.id})
ON CREATE SET e.kind = row.kind, e.addedIn = $number, e.name = row.id, e.inForce = false, e:$(row.label)

UNWIND $rows AS row
CREATE (v:Version:ConflictVersion:Conflict)
SET v = row.properties
FOREACH (id IN row.members |
  MERGE (m:Member {statement: id})
  ON CREATE SET m.addedIn = $number
  CREATE (v)-[:MEMBER]->(m)
)

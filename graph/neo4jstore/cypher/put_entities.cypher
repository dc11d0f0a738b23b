UNWIND $rows AS row
MATCH (e:Entity {id: row.properties.id})
CREATE (v:Version:EntityVersion)-[:VERSION_OF]->(e)
SET v = row.properties
FOREACH (shown IN row.shown |
  CREATE (n:ShownName)-[:SHOWN_BY]->(v)
  SET n = shown
)
FOREACH (code IN row.identifiers |
  MERGE (i:Identifier {scheme: code.scheme, value: code.value})
  ON CREATE SET i.addedIn = $number
  CREATE (v)-[:BEARS {startLo: code.startLo, endHi: code.endHi}]->(i)
)

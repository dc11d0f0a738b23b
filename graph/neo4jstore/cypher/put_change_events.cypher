UNWIND $rows AS row
CREATE (v:Version:ChangeEventVersion:ChangeEvent)
SET v = row.properties
WITH row, v
CALL (row, v) {
  UNWIND row.citations AS citation
  MATCH (source:Entity {id: citation.source})
  CREATE (v)-[c:SUPPORTED_BY]->(source)
  SET c = citation
}
CALL (row, v) {
  UNWIND row.basis AS basis
  MATCH (act:Entity {id: basis.legislation})
  CREATE (v)-[:UNDER {provision: basis.provision}]->(act)
}
CALL (row, v) {
  UNWIND row.names AS id
  MATCH (named:Entity {id: id})
  CREATE (v)-[:NAMES]->(named)
}

UNWIND $rows AS row
MATCH (subject:Entity {id: row.properties.subject})
CREATE (v:Version:StatementVersion:Statement)-[:SUBJECT]->(subject)
SET v = row.properties
WITH row, subject, v
CALL (row, subject) {
  UNWIND row.relations AS relation
  MATCH (object:Entity {id: relation.object})
  CREATE (subject)-[r:$(relation.type)]->(object)
  SET r = relation.properties
}
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

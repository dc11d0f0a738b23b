// What the load withdraws is needed by something that stays.
MATCH (gone:Version)
WHERE gone.removedIn = $number AND gone.origin = $origin AND gone.putIn < $number
CALL (gone) {
  WITH gone WHERE gone:EntityVersion
  MATCH (v:StatementVersion)
  WHERE v.subject = gone.id AND v.predicate IS NOT NULL AND v.byDate IS NOT NULL AND v.addedIn <= $number AND v.removedIn > $number
  RETURN v.id AS by LIMIT 1
UNION
  WITH gone WHERE gone:EntityVersion
  MATCH (v:StatementVersion)
  WHERE v.object = gone.id AND v.predicate IS NOT NULL AND v.byDate IS NOT NULL AND v.addedIn <= $number AND v.removedIn > $number
  RETURN v.id AS by LIMIT 1
UNION
  WITH gone WHERE gone:EntityVersion
  MATCH (e:Entity {id: gone.id})<-[:SUPPORTED_BY|UNDER|NAMES|REDIRECTS_TO]-(v:Version)
  WHERE v.addedIn <= $number AND v.removedIn > $number
  RETURN v.id AS by LIMIT 1
UNION
  WITH gone WHERE gone:ChangeEventVersion
  MATCH (v:StatementVersion)
  WHERE v.changeEvent = gone.id AND v.addedIn <= $number AND v.removedIn > $number
  RETURN v.id AS by LIMIT 1
UNION
  WITH gone WHERE gone:StatementVersion
  MATCH (:Member {statement: gone.id})<-[:MEMBER]-(v:ConflictVersion)
  WHERE v.addedIn <= $number AND v.removedIn > $number
  RETURN v.id AS by LIMIT 1
UNION
  WITH gone WHERE gone:DatasetVersion
  MATCH (v:Version)-[c:SUPPORTED_BY]->()
  WHERE c.dataset = gone.id AND v.addedIn <= $number AND v.removedIn > $number
  RETURN v.id AS by LIMIT 1
}
WITH gone.id AS target, min(by) AS by
RETURN target, by
ORDER BY target LIMIT $limit

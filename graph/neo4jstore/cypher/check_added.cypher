// What the load added refers to ids that will not be in force.
MATCH (v:Version)
WHERE v.addedIn = $number
UNWIND v.references AS target
WITH target, min(v.id) AS by
WHERE NOT EXISTS { MATCH (t:EntityVersion) WHERE t.id = target AND t.addedIn <= $number AND t.removedIn > $number }
  AND NOT EXISTS { MATCH (t:StatementVersion) WHERE t.id = target AND t.addedIn <= $number AND t.removedIn > $number }
  AND NOT EXISTS { MATCH (t:ChangeEventVersion) WHERE t.id = target AND t.addedIn <= $number AND t.removedIn > $number }
RETURN target, by
ORDER BY target LIMIT $limit

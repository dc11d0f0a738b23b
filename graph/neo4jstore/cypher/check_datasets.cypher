// What the load added cites data sets that will not be in force.
MATCH (v:Version)
WHERE v.addedIn = $number
UNWIND v.datasets AS target
WITH target, min(v.id) AS by
WHERE NOT EXISTS { MATCH (t:DatasetVersion) WHERE t.id = target AND t.addedIn <= $number AND t.removedIn > $number }
RETURN target, by
ORDER BY target LIMIT $limit

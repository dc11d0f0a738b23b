// What redirects is an entity itself.
MATCH (r:RedirectVersion)
WHERE r.addedIn <= $number AND r.removedIn > $number
  AND EXISTS { MATCH (e:EntityVersion) WHERE e.id = r.id AND e.addedIn <= $number AND e.removedIn > $number }
RETURN r.id AS target, 'its redirect, though it is an entity itself' AS by
ORDER BY target LIMIT $limit

MATCH (r:Revision)
WHERE r.number < $before
WITH r ORDER BY r.number DESC LIMIT $limit
RETURN collect(r) AS found

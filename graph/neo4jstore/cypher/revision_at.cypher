MATCH (r:Revision)
WHERE r.number > 0 AND r.time <= $time
RETURN r ORDER BY r.number DESC LIMIT 1

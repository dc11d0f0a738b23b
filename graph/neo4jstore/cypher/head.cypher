// The newest revision, by the index alone: while a publication is committed, its number may be seen at our mark before the node that it names.
MATCH (r:Revision)
WHERE r.number > 0
RETURN r ORDER BY r.number DESC LIMIT 1

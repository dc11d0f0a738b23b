// Takes the lock for which all writers wait, until the end of the transaction.
MATCH (g:PolicyGraph {one: 1})
SET g.writer = $holder

// Marks an empty database as ours.
MERGE (g:PolicyGraph {one: 1})
ON CREATE SET g.program = $program, g.schema = 0, g.head = 0, g.last = 0

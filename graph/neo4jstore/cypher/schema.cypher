// What stands in the database: our mark, or a node of another program.
OPTIONAL MATCH (g:PolicyGraph {one: 1})
RETURN coalesce(g.program, '') AS program, coalesce(g.schema, 0) AS schema, EXISTS { MATCH (n) WHERE NOT n:PolicyGraph } AS foreign

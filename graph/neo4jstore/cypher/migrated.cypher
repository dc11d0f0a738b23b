MATCH (g:PolicyGraph {one: 1})
SET g.schema = CASE WHEN g.schema < $version THEN $version ELSE g.schema END

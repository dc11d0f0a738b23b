MATCH (g:PolicyGraph {one: 1})
MATCH (r:Revision {number: g.head})
RETURN r

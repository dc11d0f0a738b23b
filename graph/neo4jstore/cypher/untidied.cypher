// Whether a published load left something to be put right.
MATCH (g:PolicyGraph {one: 1})
RETURN EXISTS { MATCH (v:Version) WHERE v.toTidy <= g.head } AS left

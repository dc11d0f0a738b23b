MATCH (p:Pending {one: 1})
RETURN p

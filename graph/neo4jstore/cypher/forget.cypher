MATCH (p:Pending {one: 1})
DELETE p

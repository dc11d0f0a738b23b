MATCH (p:Pending {one: 1})
SET p.expires = $expires

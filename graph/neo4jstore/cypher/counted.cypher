MATCH (p:Pending {one: 1})
SET p.added = p.added + $added, p.changed = p.changed + $changed, p.unchanged = p.unchanged + $unchanged

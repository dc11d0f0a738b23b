// Nodes that a load was the first to need, so that nothing else needs them.
MATCH (n:Word)
WHERE n.addedIn = $number
WITH n LIMIT $limit
DETACH DELETE n
RETURN count(n) AS n

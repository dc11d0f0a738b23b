// What a load added.
MATCH (v:Version)
WHERE v.addedIn = $number
WITH v LIMIT $limit
RETURN collect({node: elementId(v), id: v.id, addedIn: v.addedIn, subject: v.subject, predicate: v.predicate, object: v.object}) AS found

// The index finds entities with all words, be it in different names, and in every revision. Keys before the first come last.
CALL db.index.fulltext.queryNodes('entity_names', $lucene) YIELD node AS e
WHERE e.addedIn <= $revision AND e.removedIn > $revision AND ($kinds = [] OR e.kind IN $kinds)
WITH e, [
  i IN range(0, size(coalesce(e.names, [])) - 1)
  WHERE all(ways IN $tokens WHERE any(way IN ways WHERE ' ' + e.names[i] + ' ' CONTAINS way)) |
  e.nameKeys[i] - $first + CASE WHEN e.nameKeys[i] < $first THEN 9223372036854775807 ELSE 0 END
] AS places
WHERE size(places) > 0
WITH e, reduce(least = places[0], place IN places | CASE WHEN place < least THEN place ELSE least END) AS place
ORDER BY place, e.id LIMIT $limit
RETURN collect([e.id, e.addedIn, e.document]) AS found

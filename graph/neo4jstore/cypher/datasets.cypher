MATCH (d:DatasetVersion)
WHERE d.addedIn <= $revision AND d.removedIn > $revision
WITH d ORDER BY d.id
RETURN collect(d.document) AS found

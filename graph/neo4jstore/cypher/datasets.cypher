MATCH (d:DatasetVersion)
WHERE d.addedIn <= $revision AND d.removedIn > $revision
RETURN collect(d.document) AS found

MATCH (r:RedirectVersion)
WHERE r.addedIn <= $revision AND r.removedIn > $revision
WITH r ORDER BY r.id
RETURN collect([r.id, r.target]) AS pairs

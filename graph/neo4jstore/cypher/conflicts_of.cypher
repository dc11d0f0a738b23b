// Conflicts with a member among statements, or with one that is about one of some entities. Conflicts are few and what they are about may be
// a hub, so it starts from them. Each row ends in the members that count, with their ends.
MATCH (c:ConflictVersion)
WHERE c.addedIn <= $revision AND c.removedIn > $revision
CALL (c) {
  UNWIND c.members AS id
  MATCH (s:StatementVersion)
  USING INDEX SEEK s:StatementVersion(id, addedIn)
  WHERE s.id = id AND s.addedIn <= $revision AND s.removedIn > $revision AND (s.id IN $ids OR s.subject IN $nodes OR s.object IN $nodes)
  RETURN collect([s.id, s.subject, s.object]) AS members
}
WITH c, members WHERE size(members) > 0
WITH c, members ORDER BY c.id
RETURN collect([c.id, c.addedIn, c.document, members]) AS found

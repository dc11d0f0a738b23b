// Clears the marks that a load set on what it would have removed.
MATCH (v:Version)
WHERE v.removedIn = $number AND v.origin IS NOT NULL AND v.putIn IS NOT NULL
WITH v LIMIT $limit
SET v.removedIn = 9223372036854775807
REMOVE v.toTidy
RETURN count(v) AS n

// Marks what the origin has and the load did not put.
MATCH (v:Version)
WHERE v.removedIn = 9223372036854775807 AND v.origin = $origin AND v.putIn < $number
WITH v LIMIT $limit
SET v.removedIn = $number, v.toTidy = $number
RETURN count(v) AS n

// What is marked as removed and was not replaced.
MATCH (v:Version)
WHERE v.removedIn = $number AND v.origin = $origin AND v.putIn < $number
RETURN count(v) AS n

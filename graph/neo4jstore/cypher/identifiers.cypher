// Who bore each of these: each row is the place of a key and an entity.
UNWIND range(0, size($keys) - 1) AS place
WITH place, $keys[place] AS k
CALL (k) {
  MATCH (i:Identifier {scheme: k.scheme, value: k.value})<-[b:BEARS]-(e:EntityVersion)
  WHERE e.addedIn <= $revision AND e.removedIn > $revision AND b.startLo < $to AND b.endHi > $from
  WITH DISTINCT e ORDER BY e.id
  RETURN collect([e.id, e.addedIn, e.document]) AS found
}
WITH place, found ORDER BY place
RETURN collect(found) AS found

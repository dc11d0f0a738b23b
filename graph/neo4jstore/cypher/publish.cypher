MATCH (g:PolicyGraph {one: 1})
CREATE (:Revision {number: $number, time: $time, origin: $origin, author: $author, comment: $comment, digest: $digest,
  added: $added, changed: $changed, withdrawn: $withdrawn, unchanged: $unchanged, holder: $holder})
SET g.head = $number

MATCH (g:PolicyGraph {one: 1})
SET g.last = g.last + 1
CREATE (:Pending {one: 1, number: g.last, origin: $origin, digest: $digest, purge: false, added: 0, changed: 0, unchanged: 0,
  holder: $holder, host: $host, process: $process, expires: $expires})
RETURN g.last AS number

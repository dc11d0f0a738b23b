MATCH (p:Pending {one: 1})
SET p.purge = $purge, p.holder = $holder, p.host = $host, p.process = $process, p.expires = $expires

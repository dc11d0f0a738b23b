MATCH (r:Revision {number: $number})
RETURN r

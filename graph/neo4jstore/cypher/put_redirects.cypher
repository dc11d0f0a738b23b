UNWIND $rows AS row
MATCH (target:Entity {id: row.properties.target})
CREATE (v:Version:RedirectVersion:Redirect)-[:REDIRECTS_TO]->(target)
SET v = row.properties

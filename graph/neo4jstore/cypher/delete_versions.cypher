UNWIND $nodes AS node
MATCH (v) WHERE elementId(v) = node
OPTIONAL MATCH (v)<-[:SHOWN_BY]-(shown:ShownName)
DETACH DELETE shown, v

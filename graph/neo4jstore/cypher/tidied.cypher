UNWIND $rows AS row
MATCH (v) WHERE elementId(v) = row.node
REMOVE v.toTidy
FOREACH (removed IN CASE WHEN row.removed THEN [1] ELSE [] END |
  REMOVE v:Statement:ChangeEvent:Conflict:Dataset:Redirect
)

UNWIND $rows AS row
CREATE (v:Version:DatasetVersion:Dataset)
SET v = row.properties

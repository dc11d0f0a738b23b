-- The order in which search looks at names: graph.NameKey. Equal names of one entity have one key, in one version or several.
ALTER TABLE name ADD COLUMN key INTEGER NOT NULL DEFAULT 0;
CREATE INDEX name_key ON name (key);

-- Groups of letters of the names of published revisions, with their kinds, by key: see search.go.
CREATE VIRTUAL TABLE name_gram USING fts5 (grams, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars '_:'");

-- The words of those names. None is ever taken away.
CREATE TABLE word (
  row  INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
) STRICT;

DROP TABLE name_token;

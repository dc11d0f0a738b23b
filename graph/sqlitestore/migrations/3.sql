-- The head, and the numbers given out. One row.
CREATE TABLE store (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  head INTEGER NOT NULL, -- newest published revision; 0: none
  last INTEGER NOT NULL  -- newest number given to a load
) STRICT;
INSERT INTO store (one, head, last) VALUES (1, 0, 0);

-- Published revisions.
CREATE TABLE revision (
  number    INTEGER PRIMARY KEY,
  time      INTEGER NOT NULL, -- Unix time in seconds
  origin    TEXT NOT NULL,
  author    TEXT NOT NULL,
  comment   TEXT NOT NULL,
  digest    TEXT NOT NULL,
  added     INTEGER NOT NULL,
  changed   INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL,
  unchanged INTEGER NOT NULL
) STRICT;

-- The load under way, if any, and who holds it. At most one row.
CREATE TABLE pending (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  number    INTEGER NOT NULL,
  origin    TEXT NOT NULL,
  digest    TEXT NOT NULL,
  added     INTEGER NOT NULL,
  changed   INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  holder    TEXT NOT NULL,    -- made anew by each Begin
  host      TEXT NOT NULL,
  process   INTEGER NOT NULL, -- of the holder, on its host
  expires   INTEGER NOT NULL  -- Unix time in milliseconds
) STRICT;

-- Records in force that the load under way put again as they are.
CREATE TABLE kept (
  sort TEXT NOT NULL,    -- name of the record table
  row  INTEGER NOT NULL,
  PRIMARY KEY (sort, row)
) STRICT, WITHOUT ROWID;

-- Indexes that the first load does without until it is published: made at once from all rows they cost a fraction.
CREATE TABLE deferred (
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL -- that makes it
) STRICT, WITHOUT ROWID;

-- By how much each revision changed the size of each group of a count of everything: of the entities, statements and citations that
-- lists show without a filter or date.
CREATE TABLE tally (
  counted  TEXT NOT NULL, -- what is counted, and by what: "ENTITIES BY KIND"
  key      ANY NOT NULL,  -- of the group
  revision INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  PRIMARY KEY (counted, key, revision)
) STRICT, WITHOUT ROWID;

-- Ids of entities as integers, which stay the same over all revisions.
CREATE TABLE node (
  row      INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  kind     TEXT NOT NULL,
  added_in INTEGER NOT NULL
) STRICT;

-- Record tables begin alike. A version is read at the revisions from added_in to before removed_in, which is the greatest integer
-- while the record is in force.
CREATE TABLE dataset (
  row        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,
  origin     TEXT NOT NULL,
  added_in   INTEGER NOT NULL,
  removed_in INTEGER NOT NULL,
  digest     BLOB NOT NULL,
  document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX dataset_id ON dataset (id, removed_in);
CREATE INDEX dataset_in_force ON dataset (origin) WHERE removed_in = 9223372036854775807;

CREATE TABLE entity (
  row        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,
  origin     TEXT NOT NULL,
  added_in   INTEGER NOT NULL,
  removed_in INTEGER NOT NULL,
  digest     BLOB NOT NULL,
  node       INTEGER NOT NULL REFERENCES node,
  kind       TEXT NOT NULL,
  form       TEXT NOT NULL,
  type       TEXT NOT NULL,
  type_text  TEXT NOT NULL,    -- type, folded
  name       TEXT NOT NULL,    -- the name that it shows without a date, folded
  renamed    INTEGER NOT NULL, -- 1: under dates it may show other names, else 0
  start_lo   INTEGER NOT NULL,
  start_hi   INTEGER NOT NULL,
  end_lo     INTEGER NOT NULL,
  end_hi     INTEGER NOT NULL,
  year       TEXT NOT NULL,    -- of its first day, or ''
  document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX entity_id ON entity (id, removed_in);
CREATE UNIQUE INDEX entity_node ON entity (node, removed_in, added_in);
-- Lists read a range of one of these for each kind, or of those behind for all. The last columns are there to be looked at without the row.
CREATE INDEX entity_by_name ON entity (kind, renamed, name, id, added_in, removed_in);
CREATE INDEX entity_by_date ON entity (kind, start_lo, start_hi, id, end_hi, added_in, removed_in, year);
CREATE INDEX entity_by_end ON entity (kind, end_lo, end_hi, id, start_lo, added_in, removed_in);
CREATE INDEX entity_by_id ON entity (kind, id, added_in, removed_in);
CREATE INDEX entity_all_by_name ON entity (renamed, name, id, added_in, removed_in);
CREATE INDEX entity_all_by_date ON entity (start_lo, start_hi, id, end_hi, added_in, removed_in, year);
CREATE INDEX entity_all_by_end ON entity (end_lo, end_hi, id, start_lo, added_in, removed_in);
CREATE INDEX entity_in_force ON entity (origin) WHERE removed_in = 9223372036854775807;
CREATE INDEX entity_added ON entity (added_in + 0); -- an expression, so that only what asks for it by name uses it
CREATE INDEX entity_ended ON entity (removed_in) WHERE removed_in < 9223372036854775807;

CREATE TABLE statement (
  row        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,
  origin     TEXT NOT NULL,
  added_in   INTEGER NOT NULL,
  removed_in INTEGER NOT NULL,
  digest     BLOB NOT NULL, -- of the citations too
  subject    INTEGER NOT NULL REFERENCES node,
  predicate  TEXT NOT NULL, -- name of the relation or property
  object     INTEGER REFERENCES node, -- null for a property
  start_lo   INTEGER NOT NULL,
  start_hi   INTEGER NOT NULL,
  end_lo     INTEGER NOT NULL,
  end_hi     INTEGER NOT NULL,
  told_to    INTEGER NOT NULL, -- the day after the last of what it tells, which starts with start_lo
  year       TEXT NOT NULL,    -- of its first day, or ''
  status     TEXT NOT NULL,
  rank       TEXT NOT NULL,
  certainty  TEXT NOT NULL,
  change     TEXT NOT NULL,    -- id of its change event, or ''
  value_kind TEXT NOT NULL,    -- '' for a relation; the kind says which of the next columns count
  text       TEXT NOT NULL,    -- folded
  number     REAL NOT NULL,
  day_lo     INTEGER NOT NULL, -- first day that a date may mean, and the day after the last
  day_to     INTEGER NOT NULL,
  document   TEXT NOT NULL     -- without the citations
) STRICT;
CREATE UNIQUE INDEX statement_id ON statement (id, removed_in);
-- Edges and lists read a range of one of these for each predicate, or of those behind for all. The columns behind the id are there to be looked at without the row.
CREATE INDEX statement_by_subject ON statement (subject, predicate, start_lo, start_hi, id, end_lo, end_hi, status, rank, added_in, removed_in);
CREATE INDEX statement_by_object ON statement (object, predicate, start_lo, start_hi, id, end_lo, end_hi, status, rank, added_in, removed_in) WHERE object IS NOT NULL;
CREATE INDEX statement_by_date ON statement (predicate, start_lo, start_hi, id, end_lo, end_hi, status, rank, added_in, removed_in, year);
CREATE INDEX statement_by_end ON statement (predicate, end_lo, end_hi, id, start_lo, start_hi, status, rank, added_in, removed_in);
CREATE INDEX statement_all_by_date ON statement (start_lo, start_hi, id);
CREATE INDEX statement_all_by_end ON statement (end_lo, end_hi, id);
CREATE INDEX statement_in_force ON statement (origin) WHERE removed_in = 9223372036854775807;
CREATE INDEX statement_added ON statement (added_in + 0);
CREATE INDEX statement_ended ON statement (removed_in) WHERE removed_in < 9223372036854775807;

CREATE TABLE change_event (
  row        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,
  origin     TEXT NOT NULL,
  added_in   INTEGER NOT NULL,
  removed_in INTEGER NOT NULL,
  digest     BLOB NOT NULL,
  kind       TEXT NOT NULL,
  start_lo   INTEGER NOT NULL,
  start_hi   INTEGER NOT NULL,
  end_hi     INTEGER NOT NULL,
  status     TEXT NOT NULL,
  rank       TEXT NOT NULL,
  document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX change_event_id ON change_event (id, removed_in);
CREATE INDEX change_event_by_date ON change_event (start_lo, start_hi, id);
CREATE INDEX change_event_in_force ON change_event (origin) WHERE removed_in = 9223372036854775807;

CREATE TABLE conflict (
  row        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,
  origin     TEXT NOT NULL,
  added_in   INTEGER NOT NULL,
  removed_in INTEGER NOT NULL,
  digest     BLOB NOT NULL,
  kind       TEXT NOT NULL,
  document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX conflict_id ON conflict (id, removed_in);
CREATE INDEX conflict_in_force ON conflict (origin) WHERE removed_in = 9223372036854775807;

CREATE TABLE redirect (
  row        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,
  origin     TEXT NOT NULL,
  added_in   INTEGER NOT NULL,
  removed_in INTEGER NOT NULL,
  digest     BLOB NOT NULL,
  node       INTEGER NOT NULL REFERENCES node, -- to which it leads
  document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX redirect_id ON redirect (id, removed_in);
CREATE INDEX redirect_node ON redirect (node);
CREATE INDEX redirect_in_force ON redirect (origin) WHERE removed_in = 9223372036854775807;

-- Citations of a version of a statement, in the author's order.
CREATE TABLE citation (
  statement INTEGER NOT NULL REFERENCES statement ON DELETE CASCADE,
  ordinal   INTEGER NOT NULL, -- from 0
  source    INTEGER NOT NULL REFERENCES node,
  dataset   TEXT NOT NULL,
  role      TEXT NOT NULL,
  claims    INTEGER NOT NULL, -- 1: it bears on the relation or value itself, 0: on the date or basis alone
  document  TEXT NOT NULL,
  PRIMARY KEY (statement, ordinal)
) STRICT, WITHOUT ROWID;

-- The statements that cite a source in a role, in their order by date. Those that a load adds come at its publication, in order.
CREATE TABLE citing (
  source    INTEGER NOT NULL,
  role      TEXT NOT NULL,
  start_lo  INTEGER NOT NULL,
  start_hi  INTEGER NOT NULL,
  id        TEXT NOT NULL,
  statement INTEGER NOT NULL,
  PRIMARY KEY (source, role, start_lo, start_hi, id, statement)
) STRICT, WITHOUT ROWID;

-- Qualifiers of a version of a statement, with their values as statements have them.
CREATE TABLE qualifier (
  statement  INTEGER NOT NULL REFERENCES statement ON DELETE CASCADE,
  ordinal    INTEGER NOT NULL,
  name       TEXT NOT NULL,
  value_kind TEXT NOT NULL,
  text       TEXT NOT NULL,
  number     REAL NOT NULL,
  day_lo     INTEGER NOT NULL,
  day_to     INTEGER NOT NULL,
  PRIMARY KEY (statement, ordinal)
) STRICT, WITHOUT ROWID;

-- Members of a version of a conflict.
CREATE TABLE member (
  statement TEXT NOT NULL, -- id
  conflict  INTEGER NOT NULL REFERENCES conflict ON DELETE CASCADE,
  PRIMARY KEY (statement, conflict)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_conflict ON member (conflict);

-- Names of a version of an entity.
CREATE TABLE name (
  entity     INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
  ordinal    INTEGER NOT NULL,
  folded     TEXT NOT NULL,
  use_order  INTEGER NOT NULL, -- in which uses and ranks are preferred for display
  rank_order INTEGER NOT NULL,
  start_lo   INTEGER NOT NULL,
  start_hi   INTEGER NOT NULL,
  end_lo     INTEGER NOT NULL,
  end_hi     INTEGER NOT NULL,
  statement  TEXT NOT NULL,    -- id
  PRIMARY KEY (entity, ordinal)
) STRICT, WITHOUT ROWID;
-- The different names that a version of a renamed entity may show, folded, in the order of lists.
CREATE TABLE shown (
  row    INTEGER PRIMARY KEY,
  entity INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
  kind   TEXT NOT NULL,
  name   TEXT NOT NULL,
  id     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX shown_entity ON shown (entity, name);
CREATE INDEX shown_by_name ON shown (kind, name, id);
CREATE INDEX shown_all_by_name ON shown (name, id);

-- The words of each name, in order of id, which is the order of search.
CREATE TABLE name_token (
  token   TEXT NOT NULL,
  id      TEXT NOT NULL, -- of the entity
  entity  INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (token, id, entity, ordinal)
) STRICT, WITHOUT ROWID;

-- Identifiers of a version of an entity.
CREATE TABLE identifier (
  scheme   TEXT NOT NULL,
  value    TEXT NOT NULL,
  entity   INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
  ordinal  INTEGER NOT NULL,
  start_lo INTEGER NOT NULL,
  end_hi   INTEGER NOT NULL,
  PRIMARY KEY (scheme, value, entity, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifier_entity ON identifier (entity);

-- What else a version refers to by id: all but the ends, sources and data sets of statements.
CREATE TABLE reference (
  target TEXT NOT NULL,
  sort   TEXT NOT NULL, -- record table of the version that refers
  row    INTEGER NOT NULL,
  PRIMARY KEY (target, sort, row)
) STRICT, WITHOUT ROWID;

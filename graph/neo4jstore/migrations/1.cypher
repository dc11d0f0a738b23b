// Nodes of which there is one, or one of a name.
CREATE CONSTRAINT revision_number IF NOT EXISTS FOR (r:Revision) REQUIRE r.number IS UNIQUE;
CREATE CONSTRAINT pending_one IF NOT EXISTS FOR (p:Pending) REQUIRE p.one IS UNIQUE;
CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (e:Entity) REQUIRE e.id IS UNIQUE;
CREATE CONSTRAINT identifier_code IF NOT EXISTS FOR (i:Identifier) REQUIRE (i.scheme, i.value) IS UNIQUE;
CREATE CONSTRAINT member_statement IF NOT EXISTS FOR (m:Member) REQUIRE m.statement IS UNIQUE;
CREATE CONSTRAINT word_word IF NOT EXISTS FOR (w:Word) REQUIRE w.word IS UNIQUE;

// Versions by id: equality, then a range of addedIn.
CREATE CONSTRAINT dataset_version IF NOT EXISTS FOR (v:DatasetVersion) REQUIRE (v.id, v.addedIn) IS UNIQUE;
CREATE CONSTRAINT entity_version IF NOT EXISTS FOR (v:EntityVersion) REQUIRE (v.id, v.addedIn) IS UNIQUE;
CREATE CONSTRAINT statement_version IF NOT EXISTS FOR (v:StatementVersion) REQUIRE (v.id, v.addedIn) IS UNIQUE;
CREATE CONSTRAINT change_event_version IF NOT EXISTS FOR (v:ChangeEventVersion) REQUIRE (v.id, v.addedIn) IS UNIQUE;
CREATE CONSTRAINT conflict_version IF NOT EXISTS FOR (v:ConflictVersion) REQUIRE (v.id, v.addedIn) IS UNIQUE;
CREATE CONSTRAINT redirect_version IF NOT EXISTS FOR (v:RedirectVersion) REQUIRE (v.id, v.addedIn) IS UNIQUE;

// What a load added, and what it is to withdraw.
CREATE INDEX version_added IF NOT EXISTS FOR (v:Version) ON (v.addedIn);
CREATE INDEX version_removed IF NOT EXISTS FOR (v:Version) ON (v.removedIn, v.origin, v.putIn);
CREATE INDEX version_to_tidy IF NOT EXISTS FOR (v:Version) ON (v.toTidy);
CREATE INDEX entity_added IF NOT EXISTS FOR (n:Entity) ON (n.addedIn);
CREATE INDEX identifier_added IF NOT EXISTS FOR (n:Identifier) ON (n.addedIn);
CREATE INDEX word_added IF NOT EXISTS FOR (w:Word) ON (w.addedIn);
CREATE INDEX member_added IF NOT EXISTS FOR (n:Member) ON (n.addedIn);

// Lists of entities: of a kind, and of all.
CREATE INDEX entity_kind_name IF NOT EXISTS FOR (v:EntityVersion) ON (v.kind, v.byName);
CREATE INDEX entity_kind_only_name IF NOT EXISTS FOR (v:EntityVersion) ON (v.kind, v.byOnlyName);
CREATE INDEX entity_kind_date IF NOT EXISTS FOR (v:EntityVersion) ON (v.kind, v.byDate);
CREATE INDEX entity_kind_end IF NOT EXISTS FOR (v:EntityVersion) ON (v.kind, v.byEnd);
CREATE INDEX entity_kind_id IF NOT EXISTS FOR (v:EntityVersion) ON (v.kind, v.id);
CREATE INDEX entity_name IF NOT EXISTS FOR (v:EntityVersion) ON (v.byName);
CREATE INDEX entity_only_name IF NOT EXISTS FOR (v:EntityVersion) ON (v.byOnlyName);
CREATE INDEX entity_date IF NOT EXISTS FOR (v:EntityVersion) ON (v.byDate);
CREATE INDEX entity_end IF NOT EXISTS FOR (v:EntityVersion) ON (v.byEnd);
CREATE INDEX shown_kind_name IF NOT EXISTS FOR (n:ShownName) ON (n.kind, n.byName);
CREATE INDEX shown_name IF NOT EXISTS FOR (n:ShownName) ON (n.byName);

// Edges and lists of statements.
CREATE INDEX statement_subject IF NOT EXISTS FOR (v:StatementVersion) ON (v.subject, v.predicate, v.byDate);
CREATE INDEX statement_object IF NOT EXISTS FOR (v:StatementVersion) ON (v.object, v.predicate, v.byDate);
CREATE INDEX statement_subject_date IF NOT EXISTS FOR (v:StatementVersion) ON (v.subject, v.byDate);
CREATE INDEX statement_object_date IF NOT EXISTS FOR (v:StatementVersion) ON (v.object, v.byDate);
CREATE INDEX statement_predicate_date IF NOT EXISTS FOR (v:StatementVersion) ON (v.predicate, v.byDate);
CREATE INDEX statement_predicate_end IF NOT EXISTS FOR (v:StatementVersion) ON (v.predicate, v.byEnd);
CREATE INDEX statement_date IF NOT EXISTS FOR (v:StatementVersion) ON (v.byDate);
CREATE INDEX statement_end IF NOT EXISTS FOR (v:StatementVersion) ON (v.byEnd);
CREATE INDEX statement_change_event IF NOT EXISTS FOR (v:StatementVersion) ON (v.changeEvent);

// Statements that cite a source, each once for a role; and the citations of a data set.
CREATE INDEX citing IF NOT EXISTS FOR ()-[c:SUPPORTED_BY]-() ON (c.source, c.role, c.byDate);
CREATE INDEX citation_dataset IF NOT EXISTS FOR ()-[c:SUPPORTED_BY]-() ON (c.dataset);

CREATE INDEX change_event_date IF NOT EXISTS FOR (v:ChangeEventVersion) ON (v.byDate);

// Names by their words, which stand between spaces once they are folded.
CREATE FULLTEXT INDEX entity_names IF NOT EXISTS FOR (v:EntityVersion) ON EACH [v.names] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false}};

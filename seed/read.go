package seed

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/policygraph/policygraph/graph"
)

// The folders that are not of a kind of entity.
const (
	changeEventFolder = "change-events"
	conflictFolder    = "conflicts"
	datasetFolder     = "datasets"
	sharedNameFolder  = "shared-names"
	textFolder        = "texts"
)

// defaultDataset is where a citation belongs that does not say.
const defaultDataset = "curated"

func folders() []string {
	return append(column(graph.Kinds, func(k graph.KindInfo) string { return k.Folder }), changeEventFolder, conflictFolder, datasetFolder, sharedNameFolder,
		textFolder)
}

// newRecord is an empty record of a folder's sort, as a pointer; nil where there is no such folder.
func newRecord(folder string) any {
	switch folder {
	case changeEventFolder:
		return new(changeEventRecord)
	case conflictFolder:
		return new(conflictRecord)
	case datasetFolder:
		return new(datasetRecord)
	case sharedNameFolder:
		return new(sharedNameRecord)
	case textFolder:
		return new(textRecord)
	}
	if slices.Contains(folders(), folder) {
		return new(entityRecord)
	}
	return nil
}

// recordID is the id that a file's path means.
func recordID(file string) string {
	base := strings.TrimSuffix(path.Base(file), ".yaml")
	switch path.Dir(file) {
	case changeEventFolder:
		return graph.ChangeEventPrefix + ":" + base
	case conflictFolder:
		return graph.ConflictPrefix + ":" + base
	case datasetFolder:
		return base
	}
	return kindOf(file).Prefix + ":" + base
}

// kindOf is the kind of the entity in a file.
func kindOf(file string) graph.KindInfo {
	folder := path.Dir(file)
	return graph.Kinds[slices.IndexFunc(graph.Kinds, func(k graph.KindInfo) bool { return k.Folder == folder })]
}

// A Document is the records of a seed folder.
type Document struct {
	// Batch is the records as stores keep them: assembled, derived statements included.
	Batch graph.Batch

	authored graph.Batch
	shared   map[*file]*sharedNameRecord
	files    []*file // by path
	places   map[string]place
	// formerIDs says where each of the authored redirects stands.
	formerIDs []place
}

// A place is where a record stands: at a path in a file.
type place struct {
	file *file
	path string
	// inherits says that the record is borne out by the file's own citations.
	inherits bool
}

// Files lists the record files of a seed folder, sorted. It passes over what is not a record (files without .yaml at the top, folders
// without any) and reports what looks like one and cannot be: an unknown folder, a bad name.
func Files(fsys fs.FS) (files []string, faults []Fault) {
	fail := func(file, format string, args ...any) {
		faults = append(faults, Fault{file, 1, 1, fmt.Sprintf(format, args...)})
	}
	list := func(dir string) []fs.DirEntry {
		entries, err := fs.ReadDir(fsys, dir)
		if err != nil {
			fail(dir, "the folder cannot be read: %v", cause(err))
		}
		return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
	}
	isYAML := func(name string) bool { return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml" }
	for _, top := range list(".") {
		switch name := top.Name(); {
		case !top.IsDir() && isYAML(name):
			fail(name, "a record stands in a folder that says its kind%s", allowed("", folders()))
		case !top.IsDir():
		case newRecord(name) == nil:
			if entries := list(name); slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isYAML(e.Name()) }) {
				fail(name, "there is no folder %q%s", name, allowed(name, folders()))
			}
		default:
			for _, entry := range list(name) {
				file := path.Join(name, entry.Name())
				base, yaml := strings.CutSuffix(entry.Name(), ".yaml")
				if entry.IsDir() || !yaml || !keyForm.MatchString(base) {
					fail(file, "%q cannot name a record; a record is a file key.yaml, the key in %s", entry.Name(), keyRule)
					continue
				}
				files = append(files, file)
			}
		}
	}
	if len(files) == 0 && len(faults) == 0 {
		fail(".", "there are no records here; they stand in the folders %s", strings.Join(folders(), ", "))
	}
	return files, faults
}

// cause is an error without the path that the caller knows already.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// Read reads the records of a seed folder and assembles them (see [graph.Assemble]). All faults come at once, by file and place, but
// for what cannot be told before others are mended: a statement that could not be read whole is not also checked against the graph.
// With any fault the document's Batch is not to be loaded.
func Read(fsys fs.FS) (*Document, []Fault) {
	paths, faults := Files(fsys)
	d := &Document{shared: make(map[*file]*sharedNameRecord), places: make(map[string]place)}
	for _, p := range paths {
		src, err := fs.ReadFile(fsys, p)
		if err != nil {
			faults = append(faults, Fault{p, 1, 1, fmt.Sprintf("the file cannot be read: %v", cause(err))})
			continue
		}
		f := decode(p, src, newRecord(path.Dir(p)))
		d.files = append(d.files, f)
		d.add(f)
	}
	for _, f := range d.files {
		faults = append(faults, f.faults...)
	}
	spots, records := make(map[Fault]bool), make(map[string]bool)
	for _, fault := range faults {
		records[d.recordAt(fault.File, fault.Line)] = true
	}
	faults = append(faults, d.references()...)
	for _, fault := range faults {
		spots[Fault{File: fault.File, Line: fault.Line, Column: fault.Column}] = true
	}
	var problems []graph.Problem
	d.Batch, problems = graph.Assemble(d.authored)
	for _, p := range problems {
		fault, ok := d.locate(p.Record, p.Field)
		if ok && (spots[fault] || records[d.recordAt(fault.File, fault.Line)]) {
			continue // it follows from a fault that is told already
		}
		fault.Text = p.Text
		if !ok {
			fault.Text = p.String()
		}
		faults = append(faults, fault)
	}
	sortFaults(faults)
	return d, slices.Compact(faults)
}

// references reports ids of statements and data sets that are not there, with the nearest that is.
func (d *Document) references() (faults []Fault) {
	var statements, datasets []string
	for i := range d.authored.Statements {
		statements = append(statements, d.authored.Statements[i].ID)
	}
	for i := range d.authored.Datasets {
		datasets = append(datasets, d.authored.Datasets[i].ID)
	}
	check := func(record, field, what, id string, known []string) {
		if id == "" || slices.Contains(known, id) {
			return
		}
		fault, _ := d.locate(record, field)
		fault.Text = fmt.Sprintf("there is no %s %q", what, id)
		if best := nearest(id, known); best != "" {
			fault.Text += "; did you mean " + best + "?"
		}
		faults = append(faults, fault)
	}
	for i := range d.authored.Conflicts {
		c := &d.authored.Conflicts[i]
		for j, id := range c.Members {
			check(c.ID, fmt.Sprintf("members[%d]", j), "statement", id, statements)
		}
	}
	d.citations(func(record string, i int, c *graph.Citation) {
		check(record, fmt.Sprintf("cite[%d].dataset", i), "data set", c.Dataset, datasets)
	})
	return faults
}

// citations yields every citation of an authored record.
func (d *Document) citations(yield func(record string, i int, c *graph.Citation)) {
	for i := range d.authored.Statements {
		s := &d.authored.Statements[i]
		for j := range s.Citations {
			yield(s.ID, j, &s.Citations[j])
		}
	}
	for i := range d.authored.ChangeEvents {
		e := &d.authored.ChangeEvents[i]
		for j := range e.Citations {
			yield(e.ID, j, &e.Citations[j])
		}
	}
}

// locate finds the place of a record's field, or of the nearest thing around it. A statement that follows from a change event stands
// where the change event does, and a redirect where the id stands among the former ones. ok is false where the record is not of this document.
func (d *Document) locate(record, field string) (fault Fault, ok bool) {
	at, ok := d.places[record]
	var redirect int
	if n, _ := fmt.Sscanf(field, "redirects[%d]", &redirect); n == 1 {
		at, ok, field = d.formerIDs[redirect], true, ""
	}
	if rest, derived := strings.CutPrefix(record, graph.StatementPrefix+":"); !ok && derived {
		owner, _, _ := strings.Cut(rest, "/")
		at, ok = d.places[owner]
	}
	if !ok {
		return Fault{".", 1, 1, ""}, false
	}
	for {
		candidates := []string{join(at.path, field)}
		switch {
		case field == "value": // names and life ends have a field of their own for it
			candidates = append(candidates, join(at.path, "text"), join(at.path, "date"))
		case field == "period" || field == "when":
			candidates = append(candidates, join(at.path, "from"), join(at.path, "to"), join(at.path, "past"))
		case at.inherits && strings.HasPrefix(field, "cite"):
			candidates = append(candidates, field)
		}
		for _, candidate := range candidates {
			if s, ok := at.file.spots[candidate]; ok {
				return Fault{at.file.path, s.line, s.column, ""}, true
			}
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
}

// recordAt is the id of the record that a line of a file belongs to, "" if the file has none.
func (d *Document) recordAt(path string, line int) (id string) {
	best := 0
	for record, at := range d.places {
		if s := at.file.spots[at.path]; at.file.path == path && s.line <= line && (s.line > best || s.line == best && record > id) {
			id, best = record, s.line
		}
	}
	return id
}

func join(path, field string) string { return strings.Trim(path+"."+field, ".") }

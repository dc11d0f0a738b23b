package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/cache"
)

// File is the name of the database in a data directory.
const File = "graph.db"

// Options are the knobs of a store; the zero value is what a server wants.
type Options struct {
	// Now is the clock of leases; nil: time.Now.
	Now func() time.Time
	// Lease is how long a load stays its process's own after each Put; 0: a minute. The lease of a process of this host that has died
	// ends at once.
	Lease time.Duration
	// Records is how many statements are kept decoded, with other records in proportion; 0: 16,384. Negative: none.
	Records int
	// BusyTimeout is how long to wait for another process's lock; 0: five seconds.
	BusyTimeout time.Duration
	// MustExist has Open refuse a place where nothing has been published yet, and make no graph there. SQLite may still put a log that a
	// process left when it was killed into its database.
	MustExist bool

	maxPages int // size of the database, for tests of a full disk; 0: SQLite's limit
}

// Store is a graph in an SQLite file.
type Store struct {
	options Options
	write   *sql.DB // one connection
	read    *sql.DB // a pool of connections that cannot write

	mu     sync.RWMutex // held for reading by each call under way, for writing by Close
	closed bool

	prepared  *prepared // of read
	published sync.Map  // number to struct{}: revisions known to be published, which they stay

	rowCaches map[string]*cache.Of[asked, int64] // by the text that finds the rows of ids

	entityCache    *cache.Of[int64, *graph.Entity]
	statementCache *cache.Of[int64, *graph.Statement]
	citationCache  *cache.Of[int64, []graph.Citation]

	vocabulary vocabulary

	changeEventCache *cache.Of[int64, *graph.ChangeEvent]
	conflictCache    *cache.Of[int64, *graph.Conflict]
}

var _ graph.Store = (*Store)(nil)

// Sizes of a generation of each cache, in records of some 2 kB, 1 kB and 0.5 kB, and in texts.
const (
	preparedSize       = 256
	entityCacheSize    = 8 << 10
	statementCacheSize = 16 << 10
	citationCacheSize  = 16 << 10
	otherCacheSize     = 1 << 10
	rowCacheSize       = 16 << 10 // of 100 bytes each
)

// Open opens the store in a data directory, which is made if it is missing, or in a database file: an existing file, or a path that
// ends in ".db". A file of an older version of policygraph is brought up to date.
//
// A file that is no database (also an empty one, unless it ends in ".db"), that belongs to another program or that a newer version wrote is
// an [graph.ErrUnsupported]; one that is locked, cannot be read and written, or is behind a symbolic link that leads nowhere, is an
// [graph.ErrUnavailable]. Where a graph must exist and none does, that is an [graph.ErrNoGraph], and while a first load is under way an
// [graph.ErrUnavailable] too. The text is one sentence that names the file.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Records == 0 {
		o.Records = statementCacheSize
	}
	if o.BusyTimeout == 0 {
		o.BusyTimeout = 5 * time.Second
	}
	file, err := locate(path, o.MustExist)
	if err != nil {
		return nil, err
	}
	kept := func(size int) int { return size * o.Records / statementCacheSize }
	s := &Store{
		options:        o,
		rowCaches:      make(map[string]*cache.Of[asked, int64]),
		entityCache:    cache.New[int64, *graph.Entity](kept(entityCacheSize)),
		statementCache: cache.New[int64, *graph.Statement](kept(statementCacheSize)),
		citationCache:  cache.New[int64, []graph.Citation](kept(citationCacheSize)),

		changeEventCache: cache.New[int64, *graph.ChangeEvent](kept(otherCacheSize)),
		conflictCache:    cache.New[int64, *graph.Conflict](kept(otherCacheSize)),
	}
	for _, text := range []string{entityRows, nodeRows, statementRows, changeEventRows, conflictRows} {
		s.rowCaches[text] = cache.New[asked, int64](kept(rowCacheSize))
	}
	if s.write, err = sql.Open("sqlite", dsn(file, o, "_txlock=immediate&_pragma=cache_size(-262144)&_pragma=wal_autocheckpoint(16384)&_pragma=journal_size_limit(134217728)")); err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	s.write.SetMaxOpenConns(1)
	if err := s.migrateInTurn(ctx); err != nil {
		return nil, errors.Join(openFault(ctx, file, err), s.write.Close())
	}
	if s.read, err = sql.Open("sqlite", dsn(file, o, "_pragma=query_only(1)&_pragma=cache_size(-65536)")); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), s.write.Close())
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	s.prepared = newPrepared(s.read, preparedSize)
	return s, nil
}

// locate is the database file that a path means. Its directory exists then; if the file must exist, it does too.
func locate(path string, mustExist bool) (string, error) {
	file := path
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir(), errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(path, ".db"):
		file = filepath.Join(path, File)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", &fault{graph.ErrUnavailable, fmt.Sprintf("%s cannot be opened: %v", path, cause(err)), err}
	case err == nil && info.Size() == 0 && !strings.HasSuffix(path, ".db"): // which SQLite would take for a new database
		text := path + " is an empty file, not a directory"
		if !mustExist {
			text += ": a database file that is to be made has a name that ends in .db"
		}
		return "", &fault{kind: graph.ErrUnsupported, text: text}
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", path, err)
	}
	if link := brokenLink(filepath.Dir(file)); link != "" { // nothing can be made there either
		return "", &fault{kind: graph.ErrUnavailable, text: link + " is a symbolic link that leads nowhere"}
	}
	if mustExist {
		switch _, err := os.Stat(file); {
		case errors.Is(err, fs.ErrNotExist):
			return "", &fault{graph.ErrNoGraph, file + " " + noGraph, err}
		case err != nil:
			return "", &fault{graph.ErrUnavailable, fmt.Sprintf("%s cannot be opened: %v", file, cause(err)), err}
		}
		return file, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", &fault{graph.ErrUnavailable, fmt.Sprintf("the directory %s cannot be made: %v", filepath.Dir(file), cause(err)), err}
	}
	return file, nil
}

// brokenLink is the directory, or one above it, if that is a symbolic link that leads nowhere.
func brokenLink(dir string) string {
	for below := ""; below != dir; dir, below = filepath.Dir(dir), dir {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 { // else another process has just made it
			return dir
		}
	}
	return ""
}

// cause is the reason of a file system's error without the path, which the sentence names.
func cause(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// openFault makes one sentence with the file of what kept it from being opened.
func openFault(ctx context.Context, file string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("open %s: %w", file, ended)
	}
	var f *fault
	if errors.As(err, &f) {
		return &fault{f.kind, file + " " + f.text, f.cause}
	}
	if c, ok := condition(err); ok {
		return &fault{c.kind, fmt.Sprintf("%s cannot be used: %s", file, c.text), err}
	}
	return fmt.Errorf("open %s: %w", file, err)
}

// dsn is the address of the database with what every connection sets.
func dsn(file string, o Options, more string) string {
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(file)}
	query := "?_pragma=busy_timeout(" + strconv.FormatInt(o.BusyTimeout.Milliseconds(), 10) + ")" +
		"&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)&_pragma=mmap_size(268435456)&_dqs=0&_defensive=1&" + more
	if o.MustExist {
		query += "&mode=rw" // never made, not even where another process has just deleted it
	}
	if o.maxPages > 0 {
		query += "&_pragma=max_page_count(" + strconv.Itoa(o.maxPages) + ")"
	}
	return address.String() + query
}

// Close implements [graph.Closer].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	// The writer goes last: the last connection to leave folds the log into the database.
	if err := errors.Join(s.read.Close(), s.write.Close()); err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// Ping implements [graph.Closer].
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.Head(ctx)
	return err
}

// enter begins a call, and leave ends it.
func (s *Store) enter(ctx context.Context) error {
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return graph.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		s.mu.RUnlock()
		return err
	}
	return nil
}

func (s *Store) leave() { s.mu.RUnlock() }

package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/cache"
)

// Options are the knobs of a store. The zero value reaches a server without authentication and is otherwise what a server wants.
type Options struct {
	// User and Password; both empty: the server asks for none.
	User, Password string
	// Database is the database's name; empty: the user's home database.
	Database string
	// PoolSize is how many connections there are at most; 0: 100.
	PoolSize int
	// AcquireTimeout is how long to wait for a connection when all are in use; 0: five seconds.
	AcquireTimeout time.Duration
	// ConnectTimeout is how long to wait for a server to take a new connection; 0: five seconds. Open waits three times as long for its answer.
	ConnectTimeout time.Duration
	// ReadRetry is how long a read that fails for what may pass, such as a lost connection, is tried again; 0: two seconds.
	ReadRetry time.Duration
	// WriteRetry is the same for each step of a load; 0: thirty seconds, in which a server starts again.
	WriteRetry time.Duration
	// Now is the clock of leases; nil: time.Now.
	Now func() time.Time
	// Lease is how long a load stays its process's own after each step; 0: a minute. The lease of a process of this host that has died
	// ends at once.
	Lease time.Duration
	// Records is how many statements are kept decoded, with other records in proportion; 0: 16,384. Negative: none.
	Records int
	// JoinAfter is how many reads of edges of one shape, of several levels or with their evidence, are made level by level before the
	// next is one statement. The server plans each shape of a statement when it first sees it, some tenths of a second for each level,
	// and those of single levels are seen often. 0: 1. Negative: none.
	JoinAfter int
	// MustExist has Open refuse a database where nothing has been published yet, and change nothing there.
	MustExist bool
}

// Store is a graph in a Neo4j database.
type Store struct {
	options  Options
	address  string // without what a log should not show
	endpoint endpoint
	driver   neo4j.DriverWithContext

	mu     sync.RWMutex // held for reading by each call under way, for writing by Close
	closed bool

	published sync.Map // number to struct{}: revisions known to be published, which they stay
	// bookmarks are of the newest state that this store knows of: a member of a cluster answers once it has come that far.
	bookmarks atomic.Pointer[neo4j.Bookmarks]

	refusal atomic.Pointer[refusal] // the last of the password

	redirectsKnown redirectsCache
	vocabulary     vocabulary

	onRead func(text string, p params) // if not nil, is told each statement that reads: for tests

	// What is decoded from the documents of versions, which never change.
	entityCache      *cache.Of[versionKey, *graph.Entity]
	statementCache   *cache.Of[versionKey, *graph.Statement]
	citationCache    *cache.Of[versionKey, *[]graph.Citation]
	changeEventCache *cache.Of[versionKey, *graph.ChangeEvent]
	conflictCache    *cache.Of[versionKey, *graph.Conflict]

	// What ids name at a revision, so that what is asked for often needs no round trip.
	entitiesKnown *cache.Of[asked, *graph.Entity]
	evidenceKnown *cache.Of[asked, graph.Evidence]

	joined *cache.Of[uint64, int] // by the hash of a statement that joins levels: how often it was asked for
}

// How many records are kept decoded, in each of two generations: some 100 MB if all are full.
const (
	entityCacheSize    = 8 << 10
	statementCacheSize = 16 << 10
	citationCacheSize  = 16 << 10
	otherCacheSize     = 1 << 10
	knownSize          = 16 << 10
	joinedSize         = 2 << 10 // more than the server keeps plans
)

var _ graph.Store = (*Store)(nil)

// schemes are those of the addresses that the driver takes.
var schemes = []string{"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"}

// IsAddress says whether an address is one of a Neo4j server, by its scheme.
func IsAddress(address string) bool {
	scheme, _, ok := strings.Cut(address, "://")
	for _, s := range schemes {
		if ok && s == scheme {
			return true
		}
	}
	return false
}

// Open opens the store in the database at an address such as neo4j://localhost:7687, and brings the database's schema up to date. An
// empty database becomes ours. The schemes are neo4j, which finds the servers of a cluster, and bolt, for one server; with +s over TLS, or
// with +ssc over TLS without a look at who signed the certificate. With +s the authorities are those that the system trusts, which
// crypto/x509 finds.
//
// An address that cannot be read is an [graph.ErrInvalid]; a server that cannot be reached or refuses the password an
// [graph.ErrUnavailable]; one of a version that is too old, a database of another program or of a newer version of policygraph an
// [graph.ErrUnsupported], with nothing changed in it. Where a graph must exist and none does, that is an [graph.ErrNoGraph], and while a
// first load is under way an [graph.ErrUnavailable] too. The text is one sentence that names the address.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	o = o.withDefaults()
	target, err := url.Parse(address)
	if err != nil || !IsAddress(address) || target.Hostname() == "" || target.User != nil {
		return nil, graph.Invalidf("%q is not the address of a Neo4j server: want a scheme (%s), a host and a port, such as neo4j://localhost:7687, and no password",
			redacted(address), strings.Join(schemes, ", "))
	}
	auth := neo4j.NoAuth()
	if o.User != "" || o.Password != "" {
		auth = neo4j.BasicAuth(o.User, o.Password, "")
	}
	driver, err := neo4j.NewDriverWithContext(address, auth, func(c *config.Config) {
		c.MaxConnectionPoolSize = o.PoolSize
		c.ConnectionAcquisitionTimeout = o.AcquireTimeout
		c.SocketConnectTimeout = o.ConnectTimeout
		c.FetchSize = neo4j.FetchAll
		c.TelemetryDisabled = true
		c.UserAgent = "policygraph"
	})
	if err != nil {
		return nil, graph.Invalidf("%s cannot be used as the address of a Neo4j server: %v", address, err)
	}
	kept := func(size int) int { return size * o.Records / statementCacheSize }
	s := &Store{
		options: o, address: target.Scheme + "://" + target.Host, endpoint: endpointOf(target, o.ConnectTimeout, 3*o.ConnectTimeout), driver: driver,
		entityCache: cache.New[versionKey, *graph.Entity](kept(entityCacheSize)), statementCache: cache.New[versionKey, *graph.Statement](kept(statementCacheSize)),
		citationCache: cache.New[versionKey, *[]graph.Citation](kept(citationCacheSize)), changeEventCache: cache.New[versionKey, *graph.ChangeEvent](kept(otherCacheSize)),
		conflictCache: cache.New[versionKey, *graph.Conflict](kept(otherCacheSize)),
		entitiesKnown: cache.New[asked, *graph.Entity](kept(knownSize)), evidenceKnown: cache.New[asked, graph.Evidence](kept(knownSize)),
		joined: cache.New[uint64, int](joinedSize),
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(s.openFault(ctx, err), driver.Close(context.WithoutCancel(ctx)))
	}
	_ = s.tidy(ctx) // what a process left that died after it published: no read of ours depends on it
	return s, nil
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&o.AcquireTimeout, 5 * time.Second}, {&o.ConnectTimeout, 5 * time.Second}, {&o.ReadRetry, 2 * time.Second},
		{&o.WriteRetry, 30 * time.Second}, {&o.Lease, time.Minute},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.PoolSize == 0 {
		o.PoolSize = 100
	}
	if o.Records == 0 {
		o.Records = statementCacheSize
	}
	if o.JoinAfter == 0 {
		o.JoinAfter = 1
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// redacted is an address without a user and password that were written into it.
func redacted(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if at := strings.LastIndex(rest, "@"); ok && at >= 0 {
		return scheme + "://" + rest[at+1:]
	}
	return address
}

// Close implements [graph.Closer].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if err := s.driver.Close(context.Background()); err != nil {
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

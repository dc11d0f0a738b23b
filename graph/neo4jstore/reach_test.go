package neo4jstore_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policygraph/policygraph/graph"
	"github.com/policygraph/policygraph/graph/neo4jstore"
	"github.com/policygraph/policygraph/internal/neo4jtest"
)

// listening is the address of a server that does with each connection what it is told, and then closes it.
func listening(t *testing.T, listener net.Listener, err error, serve func(net.Conn)) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer func() { _ = conn.Close() }()
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		conns.Wait()
	})
	return listener.Addr().String()
}

// greeter answers the greeting of a client of Bolt, closes at once if it is another's, and then says no more.
func greeter(answer string) func(net.Conn) {
	return func(conn net.Conn) {
		greeting := make([]byte, 20)
		if _, err := io.ReadFull(conn, greeting); err != nil || !strings.HasPrefix(string(greeting), "\x60\x60\xB0\x17") {
			return
		}
		_, _ = io.WriteString(conn, answer)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// elsewhere says yes to each message, and that the database is on a server which is not there
// (https://neo4j.com/docs/bolt/current/bolt/message/).
func elsewhere(conn net.Conn) {
	if _, err := io.ReadFull(conn, make([]byte, 20)); err != nil {
		return
	}
	_, _ = io.WriteString(conn, "\x00\x00\x08\x05")
	success := "\xB1\x70\xA3\x86server\x8DNeo4j/5.26.30\x8Dconnection_id\x86bolt-1\x82rt\xA3\x83ttl\x7F\x82db\x85neo4j\x87servers\x93"
	for _, role := range []string{"\x85ROUTE", "\x84READ", "\x85WRITE"} {
		success += "\xA2\x84role" + role + "\x89addresses\x91\x8B127.0.0.1:1"
	}
	for {
		for length := uint16(1); length > 0; { // the chunks of a message, the last of which is empty
			if binary.Read(conn, binary.BigEndian, &length) != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, conn, int64(length)); err != nil {
				return
			}
		}
		if _, err := io.WriteString(conn, "\x00"+string([]byte{byte(len(success))})+success+"\x00\x00"); err != nil {
			return
		}
	}
}

// TestReach holds what is said of addresses at which no Neo4j server can be used, to programs that listen there.
func TestReach(t *testing.T) {
	listen := func(serve func(net.Conn)) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		return listening(t, listener, err, serve)
	}
	quiet := log.New(io.Discard, "", 0)
	web, webTLS := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	for _, s := range []*httptest.Server{web, webTLS} {
		s.Config.ErrorLog = quiet
		t.Cleanup(s.Close)
	}
	web.Start()
	webTLS.StartTLS()
	secureListener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: webTLS.TLS.Certificates})
	secure := listening(t, secureListener, err, greeter("\x00\x00\x08\x05"))
	expiredListener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{expired(t)}})
	outdated := listening(t, expiredListener, err, greeter("\x00\x00\x08\x05"))
	closed := listen(func(net.Conn) {})
	silent := listen(func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	other := listen(func(conn net.Conn) { _, _ = io.WriteString(conn, "SSH-2.0-x\r\n"); _, _ = io.Copy(io.Discard, conn) })
	bolt := listen(greeter("\x00\x00\x08\x05"))
	newer := listen(greeter("\x00\x00\x00\x00"))

	const port = "give the address of Neo4j's Bolt connector (port 7687, unless it was changed)"
	for _, test := range []struct {
		name, address, want string
		schemes             string
		connect             time.Duration // 0: 2 s; short where it is waited for
	}{
		{name: "a port that is closed", address: "127.0.0.1:1", schemes: "bolt neo4j bolt+s neo4j+ssc",
			want: "nothing listens there: start Neo4j, or " + port},
		{name: "a name without a host", address: "no..such..host:7687", schemes: "bolt neo4j+s",
			want: `there is no host of the name "no..such..host": look for a mistake in it`},
		{name: "a host that does not answer", address: bolt, schemes: "bolt neo4j bolt+s", connect: 1,
			want: "the host does not answer within 1ns: look at the address, and at what stands between"},
		{name: "HTTP", address: web.Listener.Addr().String(), schemes: "bolt neo4j bolt+s neo4j+ssc", want: "an HTTP server listens there: " + port},
		{name: "HTTPS", address: webTLS.Listener.Addr().String(), schemes: "bolt+ssc neo4j+ssc", want: "an HTTP server listens there: " + port},
		{name: "HTTPS, plainly", address: webTLS.Listener.Addr().String(), schemes: "bolt neo4j", want: "what listens there is not Neo4j: " + port},
		{name: "another program", address: other, schemes: "bolt neo4j", want: "what listens there is not Neo4j: " + port},
		{name: "a program that hangs up", address: closed, schemes: "bolt neo4j", want: "what listens there is not Neo4j: " + port},
		{name: "a program that hangs up on TLS", address: closed, schemes: "bolt+s neo4j+ssc",
			want: "no TLS connection comes about: look at the versions of TLS and the certificates that the server takes"},
		{name: "a program that says nothing", address: silent, schemes: "bolt neo4j bolt+s neo4j+ssc", connect: 200 * time.Millisecond,
			want: "the server takes connections and does not answer: see whether it is well, or " + port},
		{name: "a server that stops after its greeting", address: bolt, schemes: "bolt neo4j", connect: 200 * time.Millisecond,
			want: "the server takes connections and does not answer: see whether it is well, or " + port},
		{name: "a server that sends to others", address: listen(elsewhere), schemes: "neo4j",
			want: "the server answers, but none of those that it names for its database does: look at the addresses that they advertise, or use bolt://"},
		{name: "a server without TLS", address: bolt, schemes: "bolt+s bolt+ssc", want: "the server takes no TLS: set it up there, or use bolt://, which encrypts nothing"},
		{name: "a server of a cluster without TLS", address: bolt, schemes: "neo4j+s", want: "the server takes no TLS: set it up there, or use neo4j://, which encrypts nothing"},
		{name: "a server with TLS", address: secure, schemes: "bolt", want: "the server takes nothing but TLS: use bolt+s://"},
		{name: "a server of a cluster with TLS", address: secure, schemes: "neo4j", want: "the server takes nothing but TLS: use neo4j+s://"},
		{name: "a certificate of nobody known", address: secure, schemes: "bolt+s neo4j+s",
			want: "the authority that signed its certificate is not trusted here: let the system trust it, or have SSL_CERT_FILE name a file with it"},
		{name: "a certificate of the past", address: outdated, schemes: "bolt+s neo4j+s", want: "its certificate has expired or is not valid yet: renew it, or set the clock"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := neo4jstore.Options{User: "neo4j", Password: "hidden", ConnectTimeout: 2 * time.Second}
			if test.connect != 0 {
				o.ConnectTimeout = test.connect
			}
			for scheme := range strings.FieldsSeq(test.schemes) {
				refused(t, scheme+"://"+test.address, o, graph.ErrUnavailable, "cannot be used: "+test.want)
			}
		})
	}
	refused(t, "neo4j://"+newer, neo4jstore.Options{}, graph.ErrUnsupported, "runs a version of Neo4j that policygraph does not know; it needs 5.26 or newer")
}

// expired is a certificate of 127.0.0.1 that was valid yesterday.
func expired(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().AddDate(0, 0, -2), NotAfter: time.Now().AddDate(0, 0, -1),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestTLS uses a server over TLS by each scheme: with +ssc whoever signed its certificate, with +s if the system trusts that one and the
// certificate has the name.
func TestTLS(t *testing.T) {
	server := neo4jtest.Shared(t)
	if server.CA == "" {
		t.Skipf("the server that %s names has a certificate which this test does not know", neo4jtest.Variable)
	}
	named := server
	_, port, err := net.SplitHostPort(server.Address)
	if err != nil {
		t.Fatal(err)
	}
	named.Address = net.JoinHostPort("localhost", port)
	want := dump(t, naively(t, "one"))
	for i, scheme := range []string{"bolt+ssc", "neo4j+ssc", "bolt+s", "neo4j+s"} {
		t.Run(scheme, func(t *testing.T) {
			o := neo4jstore.Options{User: server.User, Password: server.Password}
			if !strings.HasSuffix(scheme, "+s") {
				s, err := neo4jstore.Open(t.Context(), server.URI(scheme), o)
				if err != nil {
					t.Fatal(err)
				}
				loadGenerated(t, s, "one")
				checkDump(t, "read over TLS", want, dump(t, s))
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, server.URI(scheme), o, graph.ErrUnavailable,
				"cannot be used: its certificate is for localhost and not for 127.0.0.1: use a name that it is for, or give the server another")
			refused(t, named.URI(scheme), o, graph.ErrUnavailable,
				"cannot be used: the authority that signed its certificate is not trusted here: let the system trust it, or have SSL_CERT_FILE name a file with it")
			// What the system trusts is read once in a process.
			seed := []string{"two", "three"}[i%2]
			command := childCommand(t, named, scheme, seed)
			command.Env = append(command.Env, "SSL_CERT_FILE="+server.CA)
			if out, err := command.Output(); err != nil || !strings.HasSuffix(string(out), "published\n") {
				t.Fatalf("with the authority trusted: %v, %s", err, out)
			}
			checkDump(t, "loaded over TLS", dump(t, naively(t, seed)), dump(t, open(t, server, neo4jstore.Options{})))
		})
	}
}

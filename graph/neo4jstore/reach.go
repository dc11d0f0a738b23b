package neo4jstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/policygraph/policygraph/graph"
)

// An endpoint is where a server should be. The store looks there once before it gives the driver the address: the driver's errors hide what
// caused them, and it waits without end for a program that says nothing.
type endpoint struct {
	scheme, host, port string
	// connect is how long to wait for the host, and answer for what the program there says.
	connect, answer time.Duration
}

func endpointOf(target *url.URL, connect, answer time.Duration) endpoint {
	e := endpoint{target.Scheme, target.Hostname(), target.Port(), connect, answer}
	if e.port == "" {
		e.port = "7687"
	}
	return e
}

// routed says whether the server is asked for those that it belongs to.
func (e endpoint) routed() bool { return strings.HasPrefix(e.scheme, "neo4j") }

// secure says whether the scheme is one of TLS.
func (e endpoint) secure() bool { return strings.Contains(e.scheme, "+") }

// plain is the endpoint without TLS.
func (e endpoint) plain() endpoint {
	e.scheme, _, _ = strings.Cut(e.scheme, "+")
	return e
}

// encrypted is the endpoint with TLS, whoever signed the certificate.
func (e endpoint) encrypted() endpoint {
	e.scheme = e.plain().scheme + "+ssc"
	return e
}

// reach says why no Neo4j server greets at the endpoint, with a [fault] that reads on from the address.
func (e endpoint) reach(ctx context.Context) error {
	heard, err := e.greeting(ctx)
	text := e.told(heard, err)
	if text == "" && err != nil { // the server ended the connection: it may want it the other way
		switch {
		case e.secure() && e.plain().greets(ctx):
			text = fmt.Sprintf("the server takes no TLS: set it up there, or use %s://, which encrypts nothing", e.plain().scheme)
		case !e.secure() && e.encrypted().greets(ctx):
			text = fmt.Sprintf("the server takes nothing but TLS: use %s+s://", e.scheme)
		case e.secure():
			text = "no TLS connection comes about: look at the versions of TLS and the certificates that the server takes"
		default:
			text = notNeo4j
		}
	}
	switch {
	case text != "":
		return &fault{graph.ErrUnavailable, "cannot be used: " + text, err}
	case heard == noVersion:
		return &fault{kind: graph.ErrUnsupported, text: fmt.Sprintf("runs a version of Neo4j that policygraph does not know; it needs %d.%d or newer", oldestMajor, oldestMinor)}
	}
	return nil
}

const (
	boltPort = "give the address of Neo4j's Bolt connector (port 7687, unless it was changed)"
	notNeo4j = "what listens there is not Neo4j: " + boltPort
	silence  = "the server takes connections and does not answer: see whether it is well, or " + boltPort
)

// told is the sentence for what was heard. It is empty for Neo4j, and for a connection that the other side ended.
func (e endpoint) told(heard [4]byte, err error) string {
	var (
		name        *net.DNSError
		dial        *net.OpError
		noTLS       tls.RecordHeaderError
		authority   x509.UnknownAuthorityError
		wrongName   x509.HostnameError
		certificate x509.CertificateInvalidError
		verified    *tls.CertificateVerificationError
		timeout     net.Error
	)
	switch {
	case err == nil && string(heard[:]) == "HTTP" || errors.As(err, &noTLS) && string(noTLS.RecordHeader[:]) == "HTTP/":
		return "an HTTP server listens there: " + boltPort
	case err == nil && heard != noVersion && (heard[0] != 0 || heard[3] < 3):
		return notNeo4j
	case err == nil:
		return ""
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("there is no host of the name %q: look for a mistake in it", e.host)
	case errors.As(err, &name):
		return fmt.Sprintf("the name %q cannot be looked up now: see whether this machine reaches its name servers", e.host)
	case errors.As(err, &dial) && dial.Op == "dial" && dial.Timeout():
		return fmt.Sprintf("the host does not answer within %s: look at the address, and at what stands between", e.connect)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: start Neo4j, or " + boltPort
	case errors.As(err, &dial) && dial.Op == "dial":
		return "there is no way to the host from here: look at the address, and at this machine's network"
	case errors.As(err, &wrongName):
		return fmt.Sprintf("its certificate is for %s and not for %s: use a name that it is for, or give the server another", strings.Join(namesOf(wrongName.Certificate), ", "), e.host)
	case errors.As(err, &authority):
		return "the authority that signed its certificate is not trusted here: let the system trust it, or have SSL_CERT_FILE name a file with it"
	case errors.As(err, &certificate) && certificate.Reason == x509.Expired:
		return "its certificate has expired or is not valid yet: renew it, or set the clock"
	case errors.As(err, &verified):
		return "its certificate is not one for a server that can be trusted: give the server another"
	case errors.As(err, &timeout) && timeout.Timeout():
		return silence
	}
	return ""
}

// namesOf are those that a certificate is for.
func namesOf(c *x509.Certificate) []string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return []string{"no host"}
	}
	return names
}

// greets says whether a Neo4j server does.
func (e endpoint) greets(ctx context.Context) bool {
	heard, err := e.greeting(ctx)
	return err == nil && e.told(heard, nil) == ""
}

// noVersion is the answer of a server that knows no version of Bolt which is asked for.
var noVersion [4]byte

// hello begins a connection of Bolt and asks for one of the versions 5.8 to 5.0, 4.4 to 4.2 and 3, as the driver does
// (https://neo4j.com/docs/bolt/current/bolt/handshake/). The server answers with one of them, as 0, 0, minor, major.
const hello = "\x60\x60\xB0\x17" + "\x00\x08\x08\x05" + "\x00\x02\x04\x04" + "\x00\x00\x00\x03" + "\x00\x00\x00\x00"

// greeting connects, and returns the first four bytes that the other side says.
func (e endpoint) greeting(ctx context.Context) (heard [4]byte, err error) {
	dialer := net.Dialer{Timeout: e.connect}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(e.host, e.port))
	if err != nil {
		return heard, err
	}
	defer func() { _ = conn.Close() }() // nothing was written that matters
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	end := time.Now().Add(e.answer)
	if err := conn.SetDeadline(end); err != nil {
		return heard, err
	}
	if e.secure() {
		secured := tls.Client(conn, &tls.Config{ServerName: e.host, InsecureSkipVerify: strings.HasSuffix(e.scheme, "+ssc"), MinVersion: tls.VersionTLS12})
		if err := secured.HandshakeContext(ctx); err != nil {
			return heard, err
		}
		conn = secured
	}
	if _, err := io.WriteString(conn, hello); err != nil {
		return heard, err
	}
	// Some servers of HTTP answer at the end of a line alone. Neo4j, even if it is slow, is not put out by that.
	nudge := time.AfterFunc(e.answer/10, func() { _, _ = io.WriteString(conn, "\r\n\r\n") })
	defer nudge.Stop()
	_, err = io.ReadFull(conn, heard[:])
	return heard, err
}

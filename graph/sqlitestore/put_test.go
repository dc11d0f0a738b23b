package sqlitestore

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"testing"

	"github.com/policygraph/policygraph/graph/graphtest"
)

// TestStatementDigest holds the digest of a statement, which is made from parts, to that of its whole JSON.
func TestStatementDigest(t *testing.T) {
	p := &putter{}
	batch := graphtest.Generate(1, 300)
	batch.Statements[0].Citations = nil
	batch.Statements[1].Note = "A <b> & \u2028"
	for i := range batch.Statements {
		s := &batch.Statements[i]
		d, citations, err := p.statementDocument(s)
		if err != nil {
			t.Fatal(err)
		}
		var whole bytes.Buffer
		encoder := json.NewEncoder(&whole)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(s); err != nil {
			t.Fatal(err)
		}
		if want := sha256.Sum256(bytes.TrimSuffix(whole.Bytes(), []byte("\n"))); d.digest != want {
			t.Errorf("%s: the digest of\n%s\nwith %q is another", s.ID, whole.Bytes(), citations)
		}
	}
}

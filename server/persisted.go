package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"

	"github.com/policygraph/policygraph/resolvers"
)

// persistedTexts is how many texts of operations are kept; the length of each is limited.
const persistedTexts = 1000

// persisted keeps the texts of operations by their SHA-256, so that a client sends the hash alone of one that it has sent before: the
// automatic persisted queries of Apollo (https://www.apollographql.com/docs/apollo-server/performance/apq).
type persisted struct{ texts *lru.LRU[string] }

func newPersisted() persisted { return persisted{lru.New[string](persistedTexts)} }

var sha256Hash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// find puts the text in the place of its hash. Clients know the two answers that ask for the text by message and code; they are sent
// with 200, because some of Apollo's clients look for them nowhere else.
func (p persisted) find(ctx context.Context, params *graphql.RawParams) *refusal {
	if params.Extensions["persistedQuery"] == nil {
		return nil
	}
	given, _ := params.Extensions["persistedQuery"].(map[string]any)
	hash, _ := given["sha256Hash"].(string)
	version, _ := given["version"].(json.Number)
	switch {
	case version != "" && version != "1":
		return &refusal{status: http.StatusOK, code: "PERSISTED_QUERY_NOT_SUPPORTED", message: "PersistedQueryNotSupported"}
	case version == "" || !sha256Hash.MatchString(hash):
		return malformed(`extensions.persistedQuery is not of the right shape: it is {"version": 1, "sha256Hash": "…"}, with 64 hexadecimal digits in lower case`)
	case params.Query == "":
		text, ok := p.texts.Get(ctx, hash)
		if !ok {
			return &refusal{status: http.StatusOK, code: "PERSISTED_QUERY_NOT_FOUND", message: "PersistedQueryNotFound"}
		}
		params.Query = text
	case textHash(params.Query) != hash:
		return &refusal{status: http.StatusBadRequest, code: resolvers.CodeBadUserInput,
			message: "provided sha does not match query: sha256Hash is the SHA-256 of the bytes of query in UTF-8"}
	}
	return nil
}

// keep remembers the text of an operation that was sent with its hash and found to be valid.
func (p persisted) keep(ctx context.Context, params *graphql.RawParams) {
	if params.Extensions["persistedQuery"] != nil {
		p.texts.Add(ctx, textHash(params.Query), params.Query)
	}
}

func textHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

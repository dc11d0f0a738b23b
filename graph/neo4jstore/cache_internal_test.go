package neo4jstore

import (
	"slices"
	"strings"
	"testing"

	"github.com/policygraph/policygraph/graph/cache"
)

func TestKnown(t *testing.T) {
	for _, test := range []struct {
		name string
		size int
		want string // ids that each of the calls below reads
	}{
		{"kept", 10, "a b none|c|a b"},
		{"nothing kept", 0, "a b none|b c none|a b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := cache.New[asked, string](test.size)
			var reads []string
			for _, call := range []struct {
				revision  int64
				ids, want []string
			}{
				{1, []string{"b", "a", "none", "a"}, []string{"1b", "1a", "", "1a"}},
				{1, []string{"none", "c", "b"}, []string{"", "1c", "1b"}},
				{2, []string{"a", "b"}, []string{"2a", "2b"}},
			} {
				got, err := known(c, call.revision, call.ids, func(missing []string) (map[string]string, error) {
					reads = append(reads, strings.Join(missing, " "))
					found := make(map[string]string)
					for _, id := range missing {
						if id != "none" {
							found[id] = string('0'+rune(call.revision)) + id
						}
					}
					return found, nil
				})
				if err != nil || !slices.Equal(got, call.want) {
					t.Errorf("%q at %d: want %q, got %q, %v", call.ids, call.revision, call.want, got, err)
				}
			}
			if got := strings.Join(reads, "|"); got != test.want {
				t.Errorf("reads: want %q, got %q", test.want, got)
			}
		})
	}
}

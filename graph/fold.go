package graph

import (
	"strings"
	"unicode"
)

// Fold brings text to the form in which names are compared, sorted and searched, the same for every store: lower case, accents of
// Latin letters taken off, apostrophes dropped (so that King's, King’s and Kings are one), "&" read as "and", and every other run of
// what is neither letter nor digit made one space.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	put := func(text string) {
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteString(text)
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			put(string(r))
		case r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' || r == '´' || r == '\u00ad' || unicode.Is(unicode.Mn, r):
			// An apostrophe, a soft hyphen or a combining accent leaves no gap.
		case r == '&':
			space = true
			put("and")
			space = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			l := unicode.ToLower(r)
			if plain, ok := plainLetters[l]; ok {
				put(plain)
			} else {
				put(string(l))
			}
		default:
			space = true
		}
	}
	return b.String()
}

// Tokens are the words of the folded text, in order.
func Tokens(s string) []string { return strings.Fields(Fold(s)) }

// plainLetters takes the accents off the lower-case letters of Latin-1 and Latin Extended-A (Unicode charts U+00DF to U+017E).
var plainLetters = func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'þ': "th", 'ĳ': "ij", 'ŉ': "n"}
	for plain, accented := range map[string]string{
		"a": "àáâãäåāăą", "c": "çćĉċč", "d": "ðďđ", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ", "i": "ìíîïĩīĭįı", "j": "ĵ", "k": "ķĸ",
		"l": "ĺļľŀł", "n": "ñńņňŋ", "o": "òóôõöøōŏő", "r": "ŕŗř", "s": "śŝşšſ", "t": "ţťŧ", "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
	} {
		for _, r := range accented {
			m[r] = plain
		}
	}
	return m
}()

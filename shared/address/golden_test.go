package address

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "fill in new lines of golden-keys.txt; change old ones only after CanonVersion rose")

const goldenFile = "testdata/golden-keys.txt"

func TestGoldenKeysDoNotChangeUnderOneCanonVersion(t *testing.T) {
	lines := allLines(readCorpus(t, "golden-keys.txt"))
	head := lines[0].fields
	if len(head) != 2 || head[0] != "canon-version" {
		t.Fatalf("%s: want canon-version", lines[0].at)
	}
	if *update {
		updateGolden(t, head[1])
		return
	}
	if head[1] != strconv.Itoa(CanonVersion) {
		t.Fatalf("%s: the file is of version %s, the code of %d", lines[0].at, head[1], CanonVersion)
	}
	if n := len(lines) - 1; n < 500 {
		t.Errorf("only %d addresses", n)
	}
	for _, l := range lines[1:] {
		if len(l.fields) != 3 {
			t.Fatalf("%s: want an address, its canonical form and its key; see the head of the file", l.at)
		}
		a, err := Parse(l.fields[0])
		if err != nil {
			t.Errorf("%s: %+q was taken and must stay recoverable: %v", l.at, l.fields[0], err)
			continue
		}
		if got := a.Canonical(); got != l.fields[1] {
			t.Errorf("%s: canonical form %s, was %s", l.at, got, l.fields[1])
		}
		if got := a.EmailKey(index).String(); got != l.fields[2] {
			t.Errorf("%s: key %s, was %s", l.at, got, l.fields[2])
		}
	}
}

// updateGolden fills in what is missing. What is there stays, unless the file is of another version.
func updateGolden(t *testing.T, version string) {
	text, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for s := range strings.Lines(string(text)) {
		fields := splitLine(t, goldenFile, s)
		switch {
		case strings.HasPrefix(s, "canon-version"):
			s = fmt.Sprintf("canon-version %d\n", CanonVersion)
		case strings.HasPrefix(s, `"`) && (len(fields) == 1 || version != strconv.Itoa(CanonVersion)):
			a := mustParse(t, fields[0])
			s = fmt.Sprintf("%s %q %s\n", strconv.QuoteToASCII(fields[0]), a.Canonical(), a.EmailKey(index))
		}
		out.WriteString(s)
	}
	if err := os.WriteFile(goldenFile, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The hash that the golden keys rest on is HMAC-SHA256 over length-prefixed parts, as design and
// token.DataKey have it: one value worked out apart from this code, by
//
//	printf '\0\7email/1\0\17bob@example.com' | openssl dgst -sha256 -hmac 'a key for tests only'
func TestTheTestsHashIsTheOneOfTheDesign(t *testing.T) {
	k := mustParse(t, "Bob@Example.COM").EmailKey(index)
	if got := fmt.Sprintf("%x", k[:]); got != "e21e81aba31d8d383010d0a0445b5154" {
		t.Error(got)
	}
}

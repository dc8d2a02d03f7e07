package password

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"mailbind/shared/password/internal/list"
)

func TestTheListIsWhatItsRecordSays(t *testing.T) {
	var origin struct {
		Package, Version, Integrity, Licence, Own, SHA256 string
		Kept                                              int
	}
	record, err := os.ReadFile("data/origin.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(record, &origin); err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("gen/own.txt")
	if err != nil {
		t.Fatal(err)
	}
	sum := func(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }
	if got := sum([]byte(listData)); got != origin.SHA256 {
		t.Errorf("list.bin is %s, recorded is %s", got, origin.SHA256)
	}
	if got := sum(own); got != origin.Own {
		t.Errorf("own.txt is %s, the list was made of %s: go generate ./shared/password", got, origin.Own)
	}
	set, err := list.Open(listData)
	if err != nil {
		t.Fatal(err)
	}
	if set.Len() != origin.Kept || origin.Kept < 200_000 {
		t.Errorf("%d words, recorded are %d", set.Len(), origin.Kept)
	}
	licence, err := os.ReadFile("data/LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{origin.Package + " " + origin.Version, "ShareAlike 3.0"} {
		if !strings.Contains(string(licence), s) {
			t.Errorf("data/LICENSE does not name %s", s)
		}
	}
	for _, s := range strings.Fields(string(own)) {
		word := list.Fold(s)
		if u := newText(word); len(word) >= minCore && !listed(list.Of(word)) && !u.core() {
			t.Errorf("%s of own.txt is not found", s)
		}
	}
}

func TestTheListHasWhatIsCommonAndNothingElse(t *testing.T) {
	has := func(s string) bool { return listed(list.Of(list.Fold(s))) }
	for _, s := range []string{
		"password", "PASSWORD", "P@ssw0rd", "qwerty", "dragon", "letmein", "trustno1", "iloveyou", "monkey", "123456", "5201314", "woaini", "zhang",
		"1qaz2wsx3edc4rfv", "Mailcreated5240", "momsanaladventure", "我的密码",
	} {
		if !has(s) {
			t.Errorf("%s is not on the list", s)
		}
	}
	strangers := 0
	for _, s := range good() {
		if has(s) {
			t.Errorf("%s is on the list", s)
		}
		strangers++
	}
	if strangers < 200 {
		t.Errorf("only %d words tried", strangers)
	}
}

package main

import (
	"archive/zip"
	"bytes"
	"slices"
	"testing"
)

func TestExtractGivesOneFile(t *testing.T) {
	var wheel bytes.Buffer
	files := zip.NewWriter(&wheel)
	for name, text := range map[string]string{"a.py": "one", "b/c.py": "two"} {
		f, err := files.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := extract(wheel.Bytes(), "b/c.py"); err != nil || text != "two" {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := extract(wheel.Bytes(), "c.py"); err == nil {
		t.Errorf("a file that is not there holds %q", text)
	}
	if _, err := extract(wheel.Bytes()[:40], "a.py"); err == nil {
		t.Error("half a wheel is taken")
	}
}

func TestParseTakesTheOneSetAndNothingThatLooksOtherwise(t *testing.T) {
	const good = "blocklist = {\n    'a.example',\n    'b.example',\n}\n\nallowlist: set[str] = set()\n"
	if domains, err := parse(good); err != nil || !slices.Equal(domains, []string{"a.example", "b.example"}) {
		t.Errorf("%v, %v", domains, err)
	}
	for _, source := range []string{
		"", "blocklist = [\n    'a.example',\n]\n", "blocklist = {\n    'a.example',\n", "blocklist = {\n    'a.example'\n}\n",
		"blocklist = {\n    \"a.example\",\n}\n", "blocklist = {\n    'a.example',  # since May\n}\n", "blocklist = {\n'a.example',\n}\n",
	} {
		if domains, err := parse(source); err == nil {
			t.Errorf("%q is read as %v", source, domains)
		}
	}
}

func TestBuildDropsWhatWouldRefuseHonestPeople(t *testing.T) {
	var o Origin
	data := build(&o, []string{"z.example", "b.example", "a.b.example", "gmail.com", "co.uk", "github.io", "Bücher.example", "b.example", "no domain", "xb.example"})
	if got, want := string(data), "b.example\nxb.example\nxn--bcher-kva.example\nz.example\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if o.Read != 10 || o.Kept != 4 || o.SHA256 == "" || !slices.Equal(o.Dropped, []string{"co.uk", "github.io", "gmail.com", "no domain"}) {
		t.Errorf("the record says %+v", o)
	}
	if again := build(&o, []string{"xb.example", "z.example", "Bücher.example", "b.example"}); !bytes.Equal(again, data) {
		t.Error("another order makes another list")
	}
}

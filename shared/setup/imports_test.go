package setup_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mayImport says which packages of ours a package may import, tests left out. A package that is not
// here is a new room: decide where it belongs.
var mayImport = map[string][]string{
	// Pure leaves.
	"shared/address":                 {},
	"shared/mx":                      {},
	"shared/timeline":                {}, // words, by the words of binding
	"shared/token":                   {},
	"shared/page":                    {},
	"shared/telemetry":               {},
	"shared/golden":                  {},
	"shared/telemetry/telemetrytest": {"shared/telemetry"},
	"shared/password":                {"shared/password", "shared/token"}, // and its own parts
	// The list, and the command that makes it again.
	"shared/address/disposable": {"shared/address", "shared/address/disposable"},
	// The domain, and what serves it.
	"shared/binding":         {"shared/address", "shared/token"},
	"shared/recovery":        {"shared/binding", "shared/address", "shared/token", "shared/password"},
	"shared/store":           {"shared/binding", "shared/recovery", "shared/address", "shared/token"},
	"shared/store/storetest": {"shared/binding", "shared/recovery", "shared/address", "shared/token"},
	"shared/mail":            {"shared/binding", "shared/address"},
	"shared/event":           {"shared/binding"},
	"shared/httpapi":         {"shared/binding", "shared/recovery", "shared/telemetry", "shared/timeline"},
	"shared/httpapi/apitest": {"shared/httpapi"},
	"shared/setup":           {"shared/binding", "shared/httpapi", "shared/password", "shared/store", "shared/telemetry", "shared/token"},
	// Functions: wiring. None imports storetest, apitest, telemetrytest, golden or the local stack.
	"functions/": {
		"shared/binding", "shared/recovery", "shared/event", "shared/httpapi", "shared/mail", "shared/page", "shared/setup", "shared/store", "shared/telemetry", "shared/token",
		"shared/address", "shared/address/disposable", "shared/mx",
	},
	// The local stack knows template.yaml, binaries and HTTP.
	"shared/local": {"shared/local"},
}

// pure packages reach neither AWS nor HTTP, not even through others.
var pure = []string{
	"shared/address", "shared/address/disposable", "shared/token", "shared/password", "shared/timeline", "shared/mx", "shared/binding", "shared/recovery",
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-tags=lambda.norpc", "-json=ImportPath,Imports,Deps", "mailbind/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, "mailbind/")
		all = append(all, p)
	}
}

func room(path string) (string, []string, bool) {
	for _, group := range []string{"functions/", "shared/local", "shared/password", "shared/address/disposable"} {
		if strings.HasPrefix(path, group) {
			return group, mayImport[group], true
		}
	}
	may, ok := mayImport[path]
	return path, may, ok
}

func TestImportsKeepTheirDirection(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		name, may, ok := room(p.ImportPath)
		if !ok {
			t.Errorf("%s is a package without a place in the layout", p.ImportPath)
			continue
		}
		seen++
		for _, imported := range p.Imports {
			ours, is := strings.CutPrefix(imported, "mailbind/")
			if !is {
				continue
			}
			if target, _, _ := room(ours); !slices.Contains(may, target) {
				t.Errorf("%s imports %s; %s may import %v", p.ImportPath, ours, name, may)
			}
		}
	}
	if seen < len(mayImport) {
		t.Errorf("only %d packages were looked at", seen)
	}
}

func TestTheDomainKnowsNeitherAWSNorHTTP(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains(pure, p.ImportPath) {
			continue
		}
		for _, dep := range p.Deps {
			if dep == "net/http" || strings.HasPrefix(dep, "github.com/aws/") {
				t.Errorf("%s reaches %s", p.ImportPath, dep)
			}
		}
	}
}

func TestNoFunctionLinksWhatItDoesNotNeed(t *testing.T) {
	templated := []string{"functions/mailer", "functions/page", "functions/recover", "functions/reset", "functions/verify"}
	heavy := map[string][]string{ // megabytes of binary, or milliseconds of init; .ci/binaries.py holds the sizes
		"github.com/aws/aws-sdk-go-v2/service/sesv2":       {"functions/mailer"},
		"github.com/aws/aws-sdk-go-v2/service/eventbridge": {"functions/events"},
		"github.com/a-h/templ":                             templated,
		// templ imports it and never calls it; one call would turn off the linker's pruning of methods.
		"html/template":                       templated,
		"github.com/aws/aws-sdk-go-v2/config": nil,
		// The list of disposable domains is data, the resolver a second network stack.
		"mailbind/shared/address/disposable": {"functions/bind"},
		"mailbind/shared/mx":                 {"functions/mailer"},
	}
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, "functions/") {
			continue
		}
		for dep, allowed := range heavy {
			if slices.Contains(p.Deps, dep) && !slices.Contains(allowed, p.ImportPath) {
				t.Errorf("%s links %s", p.ImportPath, dep)
			}
		}
	}
}

// Every function's packages reach argon2id and the list of common passwords; the linker keeps them where
// something is hashed or judged, and nowhere else.
func TestOnlyWhatHashesHasTheHashAndTheList(t *testing.T) {
	for _, f := range functions(load(t)) {
		symbols, err := exec.Command("go", "tool", "nm", binary(t, f)).Output()
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for _, symbol := range []string{"golang.org/x/crypto/argon2.deriveKey", "mailbind/shared/password.listData", "mailbind/shared/password.Policy.Check"} {
			has := regexp.MustCompile(`(?m) ` + regexp.QuoteMeta(symbol) + `$`).Match(symbols)
			if want := f == "Reset" || f == "Credential"; has != want {
				t.Errorf("%s links %s: %v", f, symbol, has)
			}
		}
	}
}

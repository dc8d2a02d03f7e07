package event_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/event"
)

// facts are the types that the domain's writes name, with their causes, sorted; none for a type without.
func facts(t *testing.T) map[event.Type][]string {
	t.Helper()
	out := map[event.Type][]string{}
	for _, name := range factsOfBinding(t) {
		kind, cause, _ := strings.Cut(strings.TrimSuffix(name, "/*"), "/")
		if cause == "" {
			out[event.Type(kind)] = nil
		} else if !slices.Contains(out[event.Type(kind)], cause) {
			out[event.Type(kind)] = append(out[event.Type(kind)], cause)
		}
	}
	constant := regexp.MustCompile(`\bFact += "([^"]*)"`)
	for _, text := range sources(t, "../recovery") {
		for _, m := range constant.FindAllStringSubmatch(text, -1) {
			out[event.Type(m[1])] = nil
		}
	}
	for _, causes := range out {
		slices.Sort(causes)
	}
	return out
}

// named are the names of all facts, as rows have them, with their types.
func named(t *testing.T, request string) map[string]event.Type {
	t.Helper()
	out := map[string]event.Type{}
	for kind, causes := range facts(t) {
		switch {
		case kind == event.PasswordChanged:
			out[string(kind)+"/"+request+"/1773460800000"] = kind
		case causes == nil:
			out[string(kind)+"/"+request] = kind
		}
		for _, cause := range causes {
			out[string(kind)+"/"+cause+"/"+request] = kind
		}
	}
	return out
}

// factsOfBinding are the texts of binding's source that begin with the type of a fact: literals that are
// joined, with * for what is none. A risk is every one that signs come to.
func factsOfBinding(t *testing.T) (out []string) {
	t.Helper()
	begins := regexp.MustCompile(`^[a-z]+\.[a-z_]+(/|$)`)
	for path, text := range sources(t, "../binding") {
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			if imports, is := decl.(*ast.GenDecl); is && imports.Tok == token.IMPORT {
				continue
			}
			local := texts(decl)
			ast.Inspect(decl, func(n ast.Node) bool {
				e, is := n.(ast.Expr)
				if !is {
					return true
				}
				name := joined(e, local)
				if !begins.MatchString(name) {
					return true
				}
				if !strings.HasSuffix(name, "/*") || strings.Count(name, "/") > 2 {
					t.Errorf("%s: %s is no name of a fact", path, name)
				}
				if !strings.Contains(name, "{risk}") {
					out = append(out, name)
					return false
				}
				for _, r := range risks() {
					out = append(out, strings.ReplaceAll(name, "{risk}", r))
				}
				return false
			})
		}
	}
	if len(out) == 0 {
		t.Fatal("no fact in binding")
	}
	return out
}

// texts are the variables of a function that begin with a literal text.
func texts(decl ast.Decl) map[string]ast.Expr {
	out := map[string]ast.Expr{}
	ast.Inspect(decl, func(n ast.Node) bool {
		if a, is := n.(*ast.AssignStmt); is && a.Tok == token.DEFINE && len(a.Lhs) == len(a.Rhs) {
			for i, e := range a.Rhs {
				if !strings.HasPrefix(joined(e, nil), "*") {
					out[a.Lhs[i].(*ast.Ident).Name] = e
				}
			}
		}
		return true
	})
	return out
}

// joined is the text of an expression, as far as it is literal.
func joined(e ast.Expr, local map[string]ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return joined(e.X, local) + joined(e.Y, local)
		}
	case *ast.Ident:
		if value := local[e.Name]; value != nil {
			return joined(value, nil)
		}
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			if risk, is := e.Args[0].(*ast.SelectorExpr); is && risk.Sel.Name == "Risk" {
				return "{risk}"
			}
		}
	}
	return "*"
}

// risks are what the signs of a mailbox come to: three of them, some hours or days apart, are enough for each.
func risks() (out []string) {
	kinds := []binding.SignKind{
		binding.SignAlive, binding.SignFull, binding.SignReturned, binding.SignGone, binding.SignComplained, binding.SignForeign,
	}
	for _, a := range kinds {
		for _, b := range kinds {
			for _, c := range kinds {
				risk := binding.Judge([]binding.Sign{{At: noon, Kind: a, Mail: "1"}, {At: noon.Add(time.Hour), Kind: b, Mail: "2"}, {At: noon.Add(48 * time.Hour), Kind: c, Mail: "3"}}).Risk
				if risk != binding.NoRisk && !slices.Contains(out, string(risk)) {
					out = append(out, string(risk))
				}
			}
		}
	}
	return out
}

// sources are the texts of a folder's Go files, tests left out, by path.
func sources(t *testing.T, folder string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no source in %s: %v", folder, err)
	}
	out := map[string]string{}
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out[p] = string(text)
	}
	return out
}

// A type has its own causes and no others, and one without has none.
func TestACauseIsOfItsType(t *testing.T) {
	all := facts(t)
	words := []string{"", "canary", "disowned", "Not-me", "not-me "}
	for _, causes := range all {
		words = append(words, causes...)
	}
	for kind, causes := range all {
		for _, word := range words {
			e, err := event.New(string(kind)+"/"+word+"/r1", account, who, noon)
			want := slices.Contains(causes, word)
			switch {
			case kind == event.PasswordChanged: // what stands last is no version
				want = false
			case causes == nil: // the word is the request's, whatever it is
				want = true
			}
			if (err == nil) != want || err == nil && causes != nil && e.Cause != word || causes == nil && e.Cause != "" {
				t.Errorf("%s/%s: %+v, %v", kind, word, e, err)
			}
		}
	}
}

// What is read of the sources is what they say.
func TestNamesAreReadAsTheyAreJoined(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "", `package x
func f(r string, c C) {
	cause := "/complaint/" + r
	_ = "binding.denied" + cause
	_ = "binding.at_risk/" + string(c.Risk) + "/" + r
	_ = r + "binding.bound/"
}`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	local, got := texts(f.Decls[0]), []string{}
	for _, s := range f.Decls[0].(*ast.FuncDecl).Body.List {
		got = append(got, joined(s.(*ast.AssignStmt).Rhs[0], local))
	}
	if want := []string{"/complaint/*", "binding.denied/complaint/*", "binding.at_risk/{risk}/*", "*binding.bound/"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

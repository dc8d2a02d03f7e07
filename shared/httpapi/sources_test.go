package httpapi

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What the tests of problems and of the description read out of the sources, so that nothing new is forgotten.

// constants gives the values of all constants of a type of strings that a package declares, by name.
func constants(t *testing.T, folder, typeName string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range sources(t, folder) {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || spec.Type == nil || len(spec.Values) != len(spec.Names) {
				return true
			}
			name := ""
			switch typ := spec.Type.(type) {
			case *ast.Ident:
				name = typ.Name
			case *ast.SelectorExpr:
				name = typ.Sel.Name
			}
			for i, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok && name == typeName && lit.Kind == token.STRING {
					value, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					out[spec.Names[i].Name] = value
				}
			}
			return true
		})
	}
	if len(out) == 0 {
		t.Fatalf("no constant of type %s in %s", typeName, folder)
	}
	return out
}

func sources(t *testing.T, folder string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no source in %s: %v", folder, err)
	}
	var out []*ast.File
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

func values(m map[string]string) []string { return slices.Sorted(maps.Values(m)) }

// requestTags are the JSON names of the struct "in" of every function of operations.go.
func requestTags(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, f := range sources(t, ".") {
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if !ok || spec.Names[0].Name != "in" {
					return true
				}
				found := []string{}
				for _, field := range spec.Type.(*ast.StructType).Fields.List {
					tag, err := strconv.Unquote(field.Tag.Value)
					if err != nil {
						t.Fatal(err)
					}
					found = append(found, reflect.StructTag(tag).Get("json"))
				}
				slices.Sort(found)
				out[fn.Name.Name] = found
				return true
			})
		}
	}
	for _, name := range []string{"Bind", "Resend", "Reconfirm", "Verify"} {
		if out[name] == nil {
			t.Fatalf("%s reads no struct", name)
		}
		if len(out[name]) == 0 {
			out[name] = nil
		}
	}
	return out
}

// returned are the texts that a function, or Type.method, returns; none is left out.
func returned(t *testing.T, folder, function string) []string {
	t.Helper()
	found := map[string]bool{}
	for _, f := range sources(t, folder) {
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := fn.Name.Name
			if fn.Recv != nil {
				name = fmt.Sprint(fn.Recv.List[0].Type) + "." + name
			}
			if name != function {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
					found[literal(t, r.Results[0])] = true
				}
				return true
			})
		}
	}
	delete(found, "")
	return setOf(found)
}

// refusalDetails are the literal words of Detail, by the reason that they stand beside in binding, and under
// "malformed" those that the edge and the functions pass to malformed and Malformed.
func refusalDetails(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string]map[string]bool{"malformed": {}, "ErrInvalidAddress": {}, "ErrMalformed": {}}
	for _, folder := range []string{".", "../binding", "../recovery", "../../functions/verify", "../../functions/recover", "../../functions/reset"} {
		for _, f := range sources(t, folder) {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if ofPlatform(n) {
						return false
					}
				case *ast.CallExpr:
					name := lastName(n.Fun)
					if lit, ok := firstArgument(n); ok && (name == "malformed" || name == "Malformed") {
						found["malformed"][literal(t, lit)] = true
					}
				case *ast.AssignStmt: // what := "json"
					if id, ok := n.Lhs[0].(*ast.Ident); ok && id.Name == "what" {
						found["malformed"][literal(t, n.Rhs[0])] = true
					}
				case *ast.CompositeLit:
					reason, detail := "", ""
					for _, e := range n.Elts {
						kv, ok := e.(*ast.KeyValueExpr)
						if !ok {
							continue
						}
						switch fmt.Sprint(kv.Key) {
						case "Reason":
							reason = lastName(kv.Value)
						case "Detail":
							if lit, ok := kv.Value.(*ast.BasicLit); ok {
								detail = literal(t, lit)
							}
						}
					}
					if detail != "" && found[reason] != nil {
						found[reason][detail] = true
					}
				}
				return true
			})
		}
	}
	out := map[string][]string{}
	for k, v := range found {
		out[k] = setOf(v)
	}
	return out
}

// lastName is Name of Name and of package.Name.
func lastName(e ast.Expr) string {
	if sel, ok := e.(*ast.SelectorExpr); ok {
		return sel.Sel.Name
	}
	return fmt.Sprint(e)
}

// ofPlatform says whether a function of recovery answers the platform, which does not come by HTTP.
func ofPlatform(n *ast.FuncDecl) bool {
	if n.Recv == nil {
		return false
	}
	star, ok := n.Recv.List[0].Type.(*ast.StarExpr)
	return ok && fmt.Sprint(star.X) == "Platform"
}

func firstArgument(n *ast.CallExpr) (*ast.BasicLit, bool) {
	if len(n.Args) != 1 {
		return nil, false
	}
	lit, ok := n.Args[0].(*ast.BasicLit)
	return lit, ok
}

func literal(t *testing.T, e ast.Expr) string {
	t.Helper()
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		t.Fatalf("%v is no literal text", e)
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func setOf(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

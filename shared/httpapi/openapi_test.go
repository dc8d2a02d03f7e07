package httpapi

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

func same(t *testing.T, what string, documented, real []string) {
	t.Helper()
	slices.Sort(documented)
	slices.Sort(real)
	if len(real) == 0 || !slices.Equal(documented, real) {
		t.Errorf("%s: documented %v, in the code %v", what, documented, real)
	}
}

// Every reference leads somewhere, every component is used, every example fits its schema.
func TestDescriptionIsWhole(t *testing.T) {
	d := description(t)
	if d.root["openapi"] != "3.1.0" {
		t.Errorf("version %v", d.root["openapi"])
	}
	var walk func(node any)
	walk = func(node any) {
		switch n := node.(type) {
		case map[string]any:
			d.follow(n)
			for _, v := range n {
				walk(v)
			}
			examples, ok := n["examples"].(map[string]any)
			if !ok || n["schema"] == nil {
				return
			}
			for name, e := range examples {
				for _, fault := range d.faults(n["schema"], d.at(e, "value"), name) {
					t.Errorf("example %s", fault)
				}
			}
		case []any:
			for _, v := range n {
				walk(v)
			}
		}
	}
	walk(d.root)
	for group, components := range d.root["components"].(map[string]any) {
		for _, name := range names(components) {
			if group != "securitySchemes" && !strings.Contains(openapi, fmt.Sprintf(`"#/components/%s/%s"`, group, name)) {
				t.Errorf("%s %s is used nowhere", group, name)
			}
		}
	}
	ids := map[any]bool{}
	for route, op := range d.operations() {
		id := d.at(op, "operationId")
		if id == nil || ids[id] || d.at(op, "summary") == nil || d.at(op, "responses", "default") == nil {
			t.Errorf("%s: id %v, summary %v", route, id, d.at(op, "summary"))
		}
		ids[id] = true
	}
}

// The validator of this test can complain.
func TestFaultsAreFound(t *testing.T) {
	d := description(t)
	for text, schema := range map[string]string{
		`{state: pending}`: "Status", `{state: done, ref: 7QK2}`: "Status", `{state: none, ref: 7qk2}`: "Status", `{state: none, ref: 7QK2, extra: 1}`: "Status",
		`{state: pending, ref: 7QK2, check: "12"}`: "Status", `{state: pending, ref: 7QK2, expires_at: "2026-01-16T09:30:00.5Z"}`: "Status",
		`{state: pending, ref: 7QK2, mail: {fate: lost, next: wait, what: a, do: b}}`: "Status", `{state: pending, ref: 7QK2, mail: {fate: sent, next: wait}}`: "Status",
		`{fate: bounced, next: resend, what: a, do: b, support: 7QK2}`: "Mail", `{fate: bounced, next: confirm, what: a, do: b}`: "Mail",
		`{fate: bounced, next: resend, reason: full, what: a, do: b}`: "Mail", `{fate: bounced, next: resend, what: a, do: ""}`: "Mail",
		`{state: bound, ref: 7QK2, advice: {next: confirm}}`: "Status", `{next: resend, what: a, do: b}`: "Advice", `{what: a}`: "Advice", `{a: 1, b: 2}`: "ReconfirmRequest",
		`{state: bound, ref: 7QK2, health: mailbox-full}`: "Status", `{email: ""}`: "BindRequest", `{email: a, x: 1}`: "BindRequest", `{}`: "BindRequest",
		`{code: ABCDEFGH, token: x}`: "VerifyRequest", `{code: A}`: "VerifyRequest", `{token: x, decision: bind}`: "LinkAnswer",
		`{token: x, decision: deny, check: "1234"}`: "LinkAnswer", `{token: x y, decision: deny}`: "LinkAnswer", `{a: 1}`: "ResendRequest",
		`{email: a, code: ABCDEFGH, token: x}`: "RecoveryProof", `{email: a}`: "RecoveryProof", `{code: ABCDEFGH}`: "RecoveryProof",
		`{grant: x, token: x, email: a, password: p}`: "NewPassword", `{token: x, password: p}`: "NewPassword", `{grant: x}`: "NewPassword",
		`{grant: x, email: a, password: p}`: "NewPassword", `{state: asked, email: a}`: "Asked", `{state: changed, version: 1}`: "Changed",
		`{state: proven, grant: x, expires_at: "2026-01-16T09:30:00.5Z"}`: "Proven", `{state: proven, grant: x}`: "Proven",
		`{type: /problems/password-refused, title: x, status: 422, detail: x, reasons: [weak]}`: "Problem",
		`{type: /problems/password-refused, title: x, status: 422, detail: x, reasons: common}`: "Problem",
		`{type: /problems/none, title: x, status: 400, detail: x}`:                              "Problem",
		`{type: /problems/cooldown, title: x, status: 429, detail: x, retry_after: 0}`:          "Problem",
		`{type: /problems/malformed, title: x, status: 400, detail: x, reason: elsewhere}`:      "Problem",
	} {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if len(d.faults(d.schema(schema), value, "")) == 0 {
			t.Errorf("%s passes for a %s", text, schema)
		}
	}
}

func TestEveryProblemIsDocumentedAsItIsTold(t *testing.T) {
	d := description(t)
	var types []string
	for _, name := range reasons(t) {
		types = append(types, "/problems/"+name)
		p, e := problems[binding.Reason(name)], d.at(d.root, "components", "examples", name, "value")
		for member, want := range map[string]any{"type": "/problems/" + name, "title": p.title, "status": p.status, "detail": p.detail} {
			if got := d.at(e, member); got != want {
				t.Errorf("%s: %s is documented as %v, and told as %v", name, member, got, want)
			}
		}
		if p.status == 429 || p.status == 503 {
			if d.at(e, "retry_after") == nil {
				t.Errorf("%s: when to ask again is not documented", name)
			}
		}
	}
	same(t, "problem types", words(d.at(d.schema("Problem"), "properties", "type", "enum")), types)
	for route := range d.operations() {
		for name, status := range d.problemsOf(route) {
			if status == "default" && name == "not-found" {
				continue
			}
			if got := fmt.Sprint(problems[binding.Reason(name)].status); got != status {
				t.Errorf("%s: %s is documented under %s and told as %s", route, name, status, got)
			}
		}
	}
}

func TestBodiesAreDocumentedMemberByMember(t *testing.T) {
	d := description(t)
	for schema, value := range map[string]any{"Status": StatusBody{}, "Mail": MailBody{}, "Advice": AdviceBody{}, "Problem": body{}} {
		same(t, schema, names(d.at(d.schema(schema), "properties")), tags(value))
	}
	requests := requestTags(t)
	for schema, function := range map[string]string{"BindRequest": "Bind", "ResendRequest": "Resend", "ReconfirmRequest": "Reconfirm", "VerifyRequest": "Verify"} {
		documented := names(d.at(d.schema(schema), "properties"))
		if !slices.Equal(documented, requests[function]) || d.at(d.schema(schema), "additionalProperties") != false {
			t.Errorf("%s: documented %v, in the code %v", schema, documented, requests[function])
		}
	}
}

func TestEnumsAreThoseOfTheCode(t *testing.T) {
	d := description(t)
	enum := func(schema, member string) []string {
		return words(d.at(d.schema(schema), "properties", member, "enum"))
	}
	present := func(m map[string]string) []string {
		return slices.DeleteFunc(values(m), func(s string) bool { return s == "" })
	}
	same(t, "states", enum("Status", "state"), append(present(constants(t, "../binding", "State")), "none"))
	same(t, "health", enum("Status", "health"), append(present(constants(t, "../binding", "Risk")), "ok", "disputed"))
	var fates []string
	for f := binding.Fate(0); !strings.HasPrefix(f.String(), "fate-"); f++ {
		if !slices.Contains(fates, f.String()) {
			fates = append(fates, f.String())
		}
	}
	same(t, "fates", enum("Mail", "fate"), fates)
	whys := present(constants(t, "../binding", "Why"))
	same(t, "reasons of fates", enum("Mail", "reason"), whys)
	same(t, "what to do about a mail", enum("Mail", "next"), returned(t, "../binding", "next"))
	same(t, "what to do about a mailbox", enum("Advice", "next"), append(returned(t, "../binding", "Claim.healthNext"), deniedNext))
	dead := slices.DeleteFunc(slices.Clone(whys), func(w string) bool { return !binding.Why(w).Dead() })
	same(t, "reasons of mailbox-refused", words(d.at(d.schema("MailboxReason"), "enum")), dead)
	details := refusalDetails(t)
	same(t, "reasons of invalid-address", words(d.at(d.schema("AddressReason"), "enum")),
		slices.Concat(values(constants(t, "../address", "Reason")), details["ErrInvalidAddress"]))
	same(t, "reasons of password-refused", words(d.at(d.schema("PasswordReason"), "enum")),
		append(values(constants(t, "../password", "Reason")), recovery.NoPassword))
	same(t, "reasons of malformed", words(d.at(d.schema("MalformedReason"), "enum")),
		slices.Concat(details["ErrMalformed"], details["malformed"]))
}

// The routes of the description are those of the template, and ask for a token where it does.
func TestRoutesAreThoseOfTheTemplate(t *testing.T) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string    `yaml:"Type"`
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	deployed := map[string]bool{} // route key: asks for a token
	for _, r := range template.Resources {
		if r.Type != "AWS::Serverless::Function" {
			continue
		}
		var p struct {
			Events map[string]struct {
				Type       string `yaml:"Type"`
				Properties struct {
					Path   string    `yaml:"Path"`
					Method string    `yaml:"Method"`
					Auth   yaml.Node `yaml:"Auth"`
				} `yaml:"Properties"`
			} `yaml:"Events"`
		}
		if err := r.Properties.Decode(&p); err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Events {
			if e.Type == "HttpApi" {
				deployed[e.Properties.Method+" "+e.Properties.Path] = !e.Properties.Auth.IsZero()
			}
		}
	}
	d := description(t)
	documented := map[string]bool{}
	for route, op := range d.operations() {
		security, ok := d.at(op, "security").([]any)
		if !ok || len(security) > 1 {
			t.Errorf("%s: security is %v", route, d.at(op, "security"))
		}
		documented[route] = len(security) == 1 && slices.Equal(names(security[0]), []string{"jwt"})
	}
	if len(deployed) == 0 || !reflect.DeepEqual(documented, deployed) {
		t.Errorf("documented %v, deployed %v", documented, deployed)
	}
}

// The gateway answers before or behind a function, in words of its own.
func TestErrorsOfTheGatewayAreDocumented(t *testing.T) {
	d := description(t)
	var codes []string
	for _, name := range names(d.at(d.root, "components", "responses", "Gateway", "content", "application/json", "examples")) {
		codes = append(codes, strings.TrimPrefix(name, "gateway-"))
	}
	same(t, "errors of the gateway", codes, []string{"401", "403", "404", "413", "429", "500", "503"})
}

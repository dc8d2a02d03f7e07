package setup

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func env(settings map[string]string) *Env {
	return &Env{lookup: func(name string) (string, bool) { v, ok := settings[name]; return v, ok }}
}

// faulty says whether reading one setting of a stage is a fault, which must then name it.
func faulty(t *testing.T, stage, name, value string, read func(*Env)) bool {
	t.Helper()
	e := env(map[string]string{"MAILBIND_STAGE": stage, name: value})
	read(e)
	err := e.Err()
	if err != nil && !strings.Contains(err.Error(), name) {
		t.Errorf("%s=%q: the fault names something else: %v", name, value, err)
	}
	return err != nil
}

func TestBaseURLIsAnOriginThatLinksCanBeginWith(t *testing.T) {
	for value, stages := range map[string]string{
		"https://id.example.com": "prod local", "https://a.cn": "prod local", "https://id.example.com:8443": "prod local",
		"https://" + strings.Repeat("a", 28) + ".com": "prod local", "https://" + strings.Repeat("a", 29) + ".com": "",
		"http://127.0.0.1:8080": "local", "http://[::1]:8080": "local", "http://localhost:8080": "", "http://10.0.0.7:8080": "",
		"http://id.example.com": "", "HTTPS://id.example.com": "", "https://id.example.com/": "", "https://id.example.com/x": "",
		"https://id.example.com?": "", "https://id.example.com?a=b": "", "https://id.example.com#": "", "https://id.example.com#a": "",
		"https://u@id.example.com": "", "https://": "", "https://:443": "", "//id.example.com": "", "id.example.com": "", "https:id.example.com": "",
		"mailto:a@example.com": "", "https://id example.com": "", "ftp://id.example.com": "", "": "",
	} {
		for _, stage := range []string{"prod", "local"} {
			want := !slices.Contains(strings.Fields(stages), stage)
			if got := faulty(t, stage, "MAILBIND_BASE_URL", value, func(e *Env) { e.BaseURL() }); got != want {
				t.Errorf("%s: %q is refused: %v", stage, value, got)
			}
		}
	}
}

func TestSupportIsAnAddressThatPeopleCanOpen(t *testing.T) {
	for value, ok := range map[string]bool{
		"https://help.example.com": true, "https://help.example.com/form?a=b": true, "mailto:help@example.com": true,
		"http://help.example.com": false, "https://": false, "https:": false, "mailto:": false, "help@example.com": false, "javascript:alert(1)": false, "": false,
	} {
		if got := faulty(t, "prod", "MAILBIND_SUPPORT", value, func(e *Env) { e.Support() }); got == ok {
			t.Errorf("%q is refused: %v", value, got)
		}
	}
}

func TestNumbersAreWholeAndNotNegative(t *testing.T) {
	for value, ok := range map[string]bool{"0": true, "1": true, "300": true, "-1": false, "1.5": false, "5m": false, "": false, " 1": false, "99999999999999999999": false} {
		if got := faulty(t, "prod", "MAILBIND_EPOCH", value, func(e *Env) { e.Count("MAILBIND_EPOCH") }); got == ok {
			t.Errorf("%q is refused: %v", value, got)
		}
	}
	if got := env(map[string]string{"A": "300"}).Seconds("A"); got != 5*time.Minute {
		t.Errorf("300 is read as %v", got)
	}
}

func TestFlagsAreTrueOrFalse(t *testing.T) {
	for value, ok := range map[string]bool{"true": true, "false": true, "": false, "True": false, "1": false, "yes": false, " true": false} {
		if got := faulty(t, "prod", "MAILBIND_FIRST_PASSWORD", value, func(e *Env) {
			if e.Flag("MAILBIND_FIRST_PASSWORD") != (value == "true") {
				t.Errorf("%q is read wrong", value)
			}
		}); got == ok {
			t.Errorf("%q is refused: %v", value, got)
		}
	}
}

func TestPasswordsAreOursOrTheHosts(t *testing.T) {
	for value, ok := range map[string]bool{"managed": true, "host": true, "": false, "Host": false, "none": false, " host": false} {
		if got := faulty(t, "prod", "MAILBIND_PASSWORD_MODE", value, func(e *Env) {
			if e.Host() != (value == "host") {
				t.Errorf("%q is read wrong", value)
			}
		}); got == ok {
			t.Errorf("%q is refused: %v", value, got)
		}
	}
}

// The origin stands in a policy that allows forms to go there: what could end it early, or name more, is refused.
func TestGrantsGoToOnePageOfThePlatform(t *testing.T) {
	for value, stages := range map[string]string{
		"https://shop.example.com/back": "prod local", "https://shop.example.com": "prod local", "https://shop.example.com:8443/a/b?c=d&e": "prod local",
		"https://Shop.example.com/%E6%9D%8E": "prod local", "http://127.0.0.1:8080/_local/demo/return": "local",
		"http://shop.example.com/back": "", "http://localhost:8080/back": "", "http://10.0.0.7/back": "", "http://[::1]:8080/back": "", "https://[2001:db8::1]/back": "",
		"https://shop.example.com/back#": "", "https://shop.example.com/back#a": "", "https://u@shop.example.com/": "", "https://u:p@shop.example.com/": "",
		"https:///back": "", "https://:443/back": "", "https:shop.example.com": "", "//shop.example.com/back": "", "/back": "", "shop.example.com": "",
		"https://shop.example.com;script-src/": "", "https://*.example.com/": "", "https://a,b/": "", "https://shop'self'.example.com/": "", "https://李.example.com/": "",
		"https://shop.example.com/a b": "", "https://shop.example.com/李": "", "https://shop.example.com/\n": "", "javascript:alert(1)": "", "mailto:a@example.com": "",
	} {
		for _, stage := range []string{"prod", "local"} {
			for _, host := range []bool{true, false} { // a wrong one is told before it is needed
				want := !slices.Contains(strings.Fields(stages), stage)
				got := faulty(t, stage, "MAILBIND_HOST_RETURN_URL", value, func(e *Env) {
					page, origin := e.ReturnURL(host)
					if used := host && !want; page != "" != used || origin != "" != used || used && (page != value || !strings.HasPrefix(value, origin) || strings.Count(origin, "/") != 2) {
						t.Errorf("%s: %q, host %v: %q at %q", stage, value, host, page, origin)
					}
				})
				if got != want {
					t.Errorf("%s: %q is refused: %v", stage, value, got)
				}
			}
		}
	}
	read := func(host bool) func(*Env) { return func(e *Env) { e.ReturnURL(host) } }
	if !faulty(t, "prod", "MAILBIND_HOST_RETURN_URL", "", read(true)) || faulty(t, "prod", "MAILBIND_HOST_RETURN_URL", "", read(false)) {
		t.Error("it must be there where people are sent to it, and may be empty elsewhere")
	}
	e := env(nil)
	if e.ReturnURL(true); e.Err() == nil || e.Err().Error() != "settings: MAILBIND_HOST_RETURN_URL is missing" {
		t.Errorf("missing: %v", e.Err())
	}
}

func TestTheWorkOfAHashIsNeverBelowTheFloor(t *testing.T) {
	for _, c := range []struct {
		memory, passes string
		ok             bool
	}{
		{"19456", "2", true}, {"65536", "3", true}, {"19455", "2", false}, {"19456", "1", false}, {"0", "2", false}, {"19456", "0", false}, {"47104", "1", false},
		{"4294967297", "2", false}, {"-19456", "2", false}, {"19456.0", "2", false}, {"", "2", false}, {"19456", "", false}, {"1048576", "16", false},
	} {
		f := &Function{Env: env(map[string]string{"MAILBIND_PASSWORD_MEMORY": c.memory, "MAILBIND_PASSWORD_PASSES": c.passes})}
		p := f.Passwords("Teahouse", "https://id.example.com:8443")
		if err := f.Err(); (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), "MAILBIND_PASSWORD_") {
			t.Errorf("%+v: %v", c, err)
		}
		if p.Policy.Platform != "Teahouse" || !slices.Equal(p.Policy.Hosts, []string{"id.example.com"}) {
			t.Errorf("%+v", p.Policy)
		}
	}
}

func TestListsMayBeEmptyButMustBeThere(t *testing.T) {
	for value, want := range map[string][]string{"": nil, ",": nil, "a.example": {"a.example"}, " a.example , b.example,": {"a.example", "b.example"}} {
		e := env(map[string]string{"A": value})
		if got := e.List("A"); !slices.Equal(got, want) || e.Err() != nil {
			t.Errorf("%q: %q, %v", value, got, e.Err())
		}
	}
	e := env(nil)
	if e.List("A"); e.Err() == nil {
		t.Error("a missing list is no fault")
	}
}

func TestEveryFaultIsNamedOnce(t *testing.T) {
	e := env(map[string]string{"EMPTY": "", "BAD": "x"})
	e.Text("GONE")
	e.Text("GONE")
	e.Text("EMPTY")
	e.Optional("EMPTY")
	e.Count("BAD")
	e.Count("GONE")
	if got := e.Err().Error(); got != `settings: GONE is missing; EMPTY is empty; BAD is no whole number: "x"` {
		t.Errorf("%s", got)
	}
	if err := env(map[string]string{"A": "a"}).Err(); err != nil {
		t.Error(err)
	}
}

// No setting can lead mail or keys elsewhere than to AWS, but on a developer's machine, and there to itself alone.
func TestEndpointsAreForTheLocalStageAndLoopback(t *testing.T) {
	for _, name := range localOnly {
		if !faulty(t, "prod", name, "http://127.0.0.1:8000", (*Env).refuseLocal) || !faulty(t, "prod", name, "", (*Env).refuseLocal) {
			t.Errorf("%s is taken in production", name)
		}
		if faulty(t, "local", name, "http://127.0.0.1:8000", (*Env).refuseLocal) {
			t.Errorf("%s is refused on the local stage", name)
		}
	}
	for value, ok := range map[string]bool{
		"http://127.0.0.1:8000": true, "http://127.0.0.1:8000/": true, "http://[::1]:8000": true, "http://127.8.8.8:1": true,
		"https://127.0.0.1:8000": false, "http://localhost:8000": false, "http://10.0.0.7:8000": false, "http://0.0.0.0:8000": false,
		"http://127.0.0.1.example.com": false, "http://u:p@127.0.0.1:8000": false, "http://dynamodb.eu-west-1.amazonaws.com": false, "127.0.0.1:8000": false, "": false,
	} {
		got := faulty(t, "local", "MAILBIND_SES_ENDPOINT", value, func(e *Env) {
			if p := e.endpoint("MAILBIND_SES_ENDPOINT"); p == nil || *p != value {
				t.Errorf("%q: %v", value, p)
			}
		})
		if got == ok {
			t.Errorf("%q is refused: %v", value, got)
		}
	}
	e := env(map[string]string{"MAILBIND_STAGE": "local"})
	if e.endpoint("MAILBIND_SES_ENDPOINT"); e.Err() == nil || !strings.Contains(e.Err().Error(), "MAILBIND_SES_ENDPOINT is missing") {
		t.Errorf("a local function without endpoint would reach AWS: %v", e.Err())
	}
	e = env(map[string]string{"MAILBIND_STAGE": "prod"})
	if p := e.endpoint("MAILBIND_SES_ENDPOINT"); p != nil || e.Err() != nil {
		t.Errorf("%v, %v", p, e.Err())
	}
}

// Credentials come from Lambda and from nowhere else.
func TestCredentialsAreThoseOfTheFunction(t *testing.T) {
	given := map[string]string{"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session"}
	e := env(given)
	cfg := awsConfig(e, "bind")
	c, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil || e.Err() != nil || c.AccessKeyID != "AKID" || c.SecretAccessKey != "secret" || c.SessionToken != "session" || cfg.Region != "eu-west-1" || cfg.AppID != "mailbind-bind" {
		t.Errorf("%+v, %v, %v", cfg, err, e.Err())
	}
	given["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials"
	e = env(given)
	if awsConfig(e, "bind"); e.Err() == nil {
		t.Error("credentials that are fetched are taken for none")
	}
}

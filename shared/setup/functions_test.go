package setup_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// binaries are the functions as they are deployed, but for this machine's own system, built once.
var binaries struct {
	sync.Once
	folder string
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if binaries.folder != "" {
		os.RemoveAll(binaries.folder)
	}
	os.Exit(code)
}

// binary gives the path of a function's executable; name is that of its logical id.
func binary(t *testing.T, function string) string {
	t.Helper()
	binaries.Do(func() {
		if binaries.folder, binaries.err = os.MkdirTemp("", "functions"); binaries.err != nil {
			return
		}
		build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", binaries.folder, "./functions/...")
		build.Dir = "../.."
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			binaries.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if binaries.err != nil {
		t.Fatal(binaries.err)
	}
	return filepath.Join(binaries.folder, strings.ToLower(function))
}

// refused starts a function with an environment that it must refuse, and gives what it says on standard error.
func refused(t *testing.T, function string, settings map[string]string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary(t, function))
	command.Env = []string{} // not even PATH
	for name, value := range settings {
		command.Env = append(command.Env, name+"="+value)
	}
	var stderr bytes.Buffer
	command.Stderr = &stderr
	err := command.Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != 1 {
		t.Fatalf("%s: %v, %s", function, err, stderr.String())
	}
	return stderr.String()
}

var (
	setting = regexp.MustCompile(`\bMAILBIND_[A-Z_]+\b`)
	missing = regexp.MustCompile(`\b(MAILBIND_[A-Z_]+) is missing\b`)
)

func missed(message string) []string {
	var out []string
	for _, m := range missing.FindAllStringSubmatch(message, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// given are the settings of ours that the template gives a function.
func given(t tree, function string) []string {
	all := slices.Concat(keys(at(t, "Globals.Function.Environment.Variables")), keys(at(t, "Resources."+function+".Properties.Environment.Variables")))
	all = slices.DeleteFunc(all, func(name string) bool { return !setting.MatchString(name) })
	slices.Sort(all)
	return all
}

// What a function misses when it has nothing is what the template gives it, no more and no less; one start names it all.
func TestFunctionsMissExactlyWhatTheTemplateGives(t *testing.T) {
	template := load(t)
	for _, f := range functions(template) {
		message := refused(t, f, nil)
		if got, want := missed(message), given(template, f); !slices.Equal(got, want) {
			t.Errorf("%s misses %v, is given %v", f, got, want)
		}
		if strings.Count(strings.TrimSpace(message), "\n") != 0 || !strings.HasPrefix(message, strings.ToLower(f)+": settings: ") {
			t.Errorf("%s: %s", f, message)
		}
	}
}

// settings are good ones for every function, on the local stage with all of AWS at one URL.
func settings(url string) map[string]string {
	return map[string]string{
		"MAILBIND_STAGE": "local", "MAILBIND_EPOCH": "1", "MAILBIND_NAMESPACE": "main", "MAILBIND_BASE_URL": "http://127.0.0.1:8080",
		"MAILBIND_ACCOUNTS_TABLE": "accounts", "MAILBIND_BINDINGS_TABLE": "bindings", "MAILBIND_LIMITS_TABLE": "limits",
		"MAILBIND_RECOVERIES_TABLE": "recoveries", "MAILBIND_CREDENTIALS_TABLE": "credentials", "MAILBIND_PASSWORD_MODE": "managed", "MAILBIND_HOST_RETURN_URL": "",
		"MAILBIND_FIRST_PASSWORD": "false", "MAILBIND_PASSWORD_MEMORY": "19456", "MAILBIND_PASSWORD_PASSES": "2",
		"MAILBIND_DATA_KEY": "data", "MAILBIND_TOKEN_KEY": "token", "MAILBIND_LABEL_CLAIM": "name", "MAILBIND_LOCALE_CLAIM": "locale",
		"MAILBIND_RECENT_LOGIN": "300", "MAILBIND_BIND_SCOPE": "", "MAILBIND_OWN_DOMAINS": "", "MAILBIND_PLATFORM": "Teahouse",
		"MAILBIND_SUPPORT": "https://help.example.com", "MAILBIND_FROM": "no-reply@id.example.com", "MAILBIND_VERIFY_SET": "verify", "MAILBIND_RECOVER_SET": "recover",
		"MAILBIND_EVENT_BUS": "default", "MAILBIND_HOLD_VERIFY": "false", "MAILBIND_REFUSE_DISPOSABLE": "true", "MAILBIND_DISPOSABLE_DOMAINS": "",
		"MAILBIND_DYNAMODB_ENDPOINT": url, "MAILBIND_SECRETS_ENDPOINT": url, "MAILBIND_SES_ENDPOINT": url, "MAILBIND_EVENTS_ENDPOINT": url, "MAILBIND_DNS": "127.0.0.1:53",
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": "",
	}
}

// change gives settings with some others; "-" takes one away.
func change(s map[string]string, more ...string) map[string]string {
	s = maps.Clone(s)
	for i := 0; i < len(more); i += 2 {
		if s[more[i]] = more[i+1]; more[i+1] == "-" {
			delete(s, more[i])
		}
	}
	return s
}

// The message of one start names everything that is wrong, missing or bad, and no setting that is neither.
func TestOneStartNamesEveryFault(t *testing.T) {
	good := settings("http://127.0.0.1:9")
	for _, c := range []struct {
		function string
		more     []string
		names    []string
	}{
		{"Bind", []string{"MAILBIND_EPOCH", "one", "MAILBIND_RECENT_LOGIN", "5m", "MAILBIND_LABEL_CLAIM", "", "MAILBIND_OWN_DOMAINS", "-"}, []string{"EPOCH", "RECENT_LOGIN", "LABEL_CLAIM", "OWN_DOMAINS"}},
		{"Status", []string{"MAILBIND_STAGE", "-", "MAILBIND_NAMESPACE", ""}, []string{"STAGE", "NAMESPACE", "DYNAMODB_ENDPOINT", "SECRETS_ENDPOINT", "SES_ENDPOINT", "EVENTS_ENDPOINT", "DNS"}},
		{"Resend", []string{"MAILBIND_DYNAMODB_ENDPOINT", "http://10.0.0.7:8000", "MAILBIND_SECRETS_ENDPOINT", "-"}, []string{"DYNAMODB_ENDPOINT", "SECRETS_ENDPOINT"}},
		{"Verify", []string{"MAILBIND_SUPPORT", "help", "MAILBIND_PLATFORM", ""}, []string{"SUPPORT", "PLATFORM"}},
		{"Page", []string{"MAILBIND_BASE_URL", "https://id.example.com/", "MAILBIND_TOKEN_KEY", "-"}, []string{"BASE_URL", "TOKEN_KEY"}},
		{"Mailer", []string{"MAILBIND_FROM", "-", "MAILBIND_EPOCH", "-1", "MAILBIND_SES_ENDPOINT", "https://email.eu-west-1.amazonaws.com"}, []string{"FROM", "EPOCH", "SES_ENDPOINT"}},
		{"Recover", []string{"MAILBIND_PASSWORD_MODE", "host", "MAILBIND_RECOVERIES_TABLE", "-", "MAILBIND_SUPPORT", ""}, []string{"RECOVERIES_TABLE", "HOST_RETURN_URL", "SUPPORT"}},
		{"Reset", []string{"MAILBIND_PASSWORD_MODE", "Managed", "MAILBIND_FIRST_PASSWORD", "yes", "MAILBIND_PASSWORD_MEMORY", "19 MiB", "MAILBIND_CREDENTIALS_TABLE", "-"}, []string{"PASSWORD_MODE", "FIRST_PASSWORD", "PASSWORD_MEMORY", "CREDENTIALS_TABLE"}},
		{"Reset", []string{"MAILBIND_PASSWORD_MEMORY", "19455", "MAILBIND_EPOCH", "-"}, []string{"PASSWORD_MEMORY", "PASSWORD_PASSES", "EPOCH"}},
		{"Credential", []string{"MAILBIND_PASSWORD_PASSES", "1", "MAILBIND_PLATFORM", "-"}, []string{"PASSWORD_MEMORY", "PASSWORD_PASSES", "PLATFORM"}},
		{"Credential", []string{"MAILBIND_PASSWORD_PASSES", "0", "MAILBIND_BASE_URL", "-"}, []string{"PASSWORD_PASSES", "BASE_URL"}},
		{"Events", []string{"MAILBIND_EVENT_BUS", "", "MAILBIND_DATA_KEY", "-", "MAILBIND_EVENTS_ENDPOINT", "http://10.0.0.7:4010", "MAILBIND_SECRETS_ENDPOINT", "-"}, []string{"EVENT_BUS", "DATA_KEY", "EVENTS_ENDPOINT", "SECRETS_ENDPOINT"}},
		{"Feedback", []string{"MAILBIND_ACCOUNTS_TABLE", "", "MAILBIND_DATA_KEY", "-", "MAILBIND_DYNAMODB_ENDPOINT", "https://dynamodb.eu-west-1.amazonaws.com"}, []string{"ACCOUNTS_TABLE", "DATA_KEY", "DYNAMODB_ENDPOINT"}},
		{"Mailer", []string{"MAILBIND_HOLD_VERIFY", "on", "MAILBIND_DNS", "-"}, []string{"HOLD_VERIFY", "DNS"}},
		{"Mailer", []string{"MAILBIND_HOLD_VERIFY", "-", "MAILBIND_DNS", "192.0.2.53:53"}, []string{"HOLD_VERIFY", "DNS"}},
		{"Bind", []string{"MAILBIND_REFUSE_DISPOSABLE", "maybe", "MAILBIND_DISPOSABLE_DOMAINS", "a b.example"}, []string{"REFUSE_DISPOSABLE", "DISPOSABLE_DOMAINS"}},
	} {
		message := refused(t, c.function, change(good, c.more...))
		got := setting.FindAllString(message, -1)
		slices.Sort(got)
		var want []string
		for _, name := range c.names {
			want = append(want, "MAILBIND_"+name)
		}
		slices.Sort(want)
		if !slices.Equal(slices.Compact(got), want) {
			t.Errorf("%s: %s", c.function, message)
		}
	}
	// The platform's name goes into subjects: mail has a rule of its own for it, told beside the others.
	message := refused(t, "Mailer", change(good, "MAILBIND_PLATFORM", "Tea <house>", "MAILBIND_FROM", "-"))
	if !strings.Contains(message, "platform name") || !strings.Contains(message, "MAILBIND_FROM is missing") {
		t.Errorf("%s", message)
	}
}

// No setting leads a deployed function elsewhere than to AWS.
func TestDeployedFunctionsRefuseOtherEndpoints(t *testing.T) {
	good := settings("http://127.0.0.1:9")
	endpoints := []string{"MAILBIND_DYNAMODB_ENDPOINT", "MAILBIND_SECRETS_ENDPOINT", "MAILBIND_SES_ENDPOINT", "MAILBIND_EVENTS_ENDPOINT", "MAILBIND_DNS"}
	for _, f := range functions(load(t)) {
		for _, one := range endpoints {
			s := change(good, "MAILBIND_STAGE", "prod", "MAILBIND_BASE_URL", "https://id.example.com")
			for _, e := range endpoints {
				if e != one {
					delete(s, e)
				}
			}
			if message := refused(t, f, s); strings.TrimSpace(message) != strings.ToLower(f)+": settings: "+one+" is for the local stage only" {
				t.Errorf("%s: %s", f, message)
			}
		}
	}
}

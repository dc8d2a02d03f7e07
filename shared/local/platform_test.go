package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"mailbind/shared/local/issuer"
)

func TestThePasswordsModeIsAParameterOfTheTemplate(t *testing.T) {
	for mode, host := range map[string]bool{"managed": false, "host": true} {
		parsed, err := parseOptions([]string{"-password-mode", mode}, io.Discard)
		if err != nil || parsed.host != host {
			t.Errorf("%s: %+v, %v", mode, parsed, err)
		}
		s := alone(t, parsed)
		back := map[bool]string{true: "http://127.0.0.1:8080/_local/platform/return"}[host]
		if got := s.product.Parameters; got["PasswordMode"] != mode || got["HostReturnURL"] != back {
			t.Errorf("%s: mode %q, back to %q", mode, got["PasswordMode"], got["HostReturnURL"])
		}
		if s.passwordMode() != mode {
			t.Errorf("%s is told as %q", mode, s.passwordMode())
		}
	}
	if parsed, err := parseOptions([]string{"-password-mode", "both"}, io.Discard); err == nil {
		t.Errorf("got %+v", parsed)
	}
}

func TestGrantsLeadToAPlatformOfOnesOwn(t *testing.T) {
	for _, back := range []string{"http://127.0.0.1:3000/reset", "https://localhost:8443/reset?from=mail", "https://shop.example.com"} {
		parsed, err := parseOptions([]string{"-password-mode", "host", "-host-return-url", back}, io.Discard)
		if err != nil || parsed.back != back {
			t.Errorf("%s: %+v, %v", back, parsed, err)
		}
		if got := alone(t, parsed).product.Parameters["HostReturnURL"]; got != back {
			t.Errorf("%s: back to %q", back, got)
		}
	}
	for _, arguments := range [][]string{
		{"-host-return-url", "http://127.0.0.1:3000/reset"}, {"-password-mode", "managed", "-host-return-url", "http://127.0.0.1:3000/reset"},
		{"-password-mode", "host", "-host-return-url", "http://localhost:3000/reset"}, {"-password-mode", "host", "-host-return-url", "http://shop.example.com/reset"},
		{"-password-mode", "host", "-host-return-url", "/reset"}, {"-password-mode", "host", "-host-return-url", "https://me@shop.example.com/"},
		{"-password-mode", "host", "-host-return-url", "https://shop.example.com/#reset"}, {"-password-mode", "host", "-host-return-url", "javascript:alert(1)"},
		{"-password-mode", "host", "-host-return-url", "https://shop.example.com;script-src/"}, {"-password-mode", "host", "-host-return-url", "https://shop example.com/"},
	} {
		if parsed, err := parseOptions(arguments, io.Discard); err == nil || !strings.Contains(err.Error(), "-host-return-url") {
			t.Errorf("%q: %+v, %v", arguments, parsed, err)
		}
	}
}

// alone is a stack of the real template in which nothing runs but its platform.
func alone(t *testing.T, options options) *stack {
	t.Helper()
	s := &stack{base: "http://127.0.0.1:8080", words: io.Discard}
	if err := s.readTemplate(options); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestThePlatformKnowsItsOwnTokensAlone(t *testing.T) {
	s := alone(t, options{})
	now := time.Now()
	good, err := s.issuer.Token(issuer.Person{Account: "u-1029"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if account, ok := s.signedIn(good); !ok || account != "u-1029" {
		t.Errorf("%q, %v", account, ok)
	}
	stranger, err := issuer.New(issuer.Issuer{URL: s.issuer.URL, Audience: s.issuer.Audience})
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := stranger.Token(issuer.Person{Account: "u-1029"}, now)
	if err != nil {
		t.Fatal(err)
	}
	old, err := s.issuer.Token(issuer.Person{Account: "u-1029"}, now.Add(-2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.issuer.Sign(map[string]any{"iss": s.issuer.URL, "aud": "another", "sub": "u-1029", "exp": now.Add(time.Hour).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{"empty": "", "foreign": foreign, "old": old, "of another audience": other, "cut": good[:len(good)-4]} {
		if account, ok := s.signedIn(token); ok {
			t.Errorf("the token that is %s is %q's", name, account)
		}
	}
}

func TestThePlatformsRuleTakesOurEventsAlone(t *testing.T) {
	rule, err := alone(t, options{}).platformRule()
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]bool{"mailbind": true, "mailbind.other": false, "aws.ses": false} {
		envelope := `{"source":"` + source + `","detail-type":"binding.bound","detail":{"id":"1","type":"binding.bound","account":"u-1029"}}`
		fits, err := rule.Pattern.Match([]byte(envelope))
		if err != nil || fits != want {
			t.Errorf("%s: %v, %v", source, fits, err)
		}
		if fits {
			if err := rule.Targets[0].Function(t.Context(), []byte(envelope)); err != nil {
				t.Errorf("the platform does not take it: %v", err)
			}
		}
	}
}

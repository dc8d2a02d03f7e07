package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"mailbind/shared/binding"
)

func TestAPasswordIsSetAndChecked(t *testing.T) {
	w := newWorld(t, false)
	w.bound(sub, mine)
	w.is(w.call("check", "account", sub, "password", good), `{"ok":false,"version":0}`)
	first := w.version(w.call("set", "account", sub, "password", good))
	if ago := time.Now().UnixMilli() - first; ago < 0 || ago > 60_000 {
		t.Errorf("the version is %d", first)
	}
	w.is(w.call("check", "account", sub, "password", good), fmt.Sprintf(`{"ok":true,"version":%d}`, first))
	w.is(w.call("check", "account", sub, "password", good, "client", "device-41"), fmt.Sprintf(`{"ok":true,"version":%d}`, first))
	w.is(w.call("check", "account", sub, "password", other), fmt.Sprintf(`{"ok":false,"version":%d}`, first))
	w.is(w.call("check", "account", sub, "password", ""), fmt.Sprintf(`{"ok":false,"version":%d}`, first))
	// The fact carries Lambda's own id of the call and the version.
	if ev := w.claim(sub).Event; ev != fmt.Sprintf("credential.changed/%s/%d", awsID, first) {
		t.Errorf("the fact is %q", ev)
	}
}

func TestAPasswordIsSetOnlyOverTheVersionThatWasSeen(t *testing.T) {
	w := newWorld(t, false)
	set := func(typed string, version int64) string {
		out, err := w.invoke(fmt.Sprintf(`{"op":"set","account":"u-1029","password":%q,"if_version":%d}`, typed, version))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := w.version(set(good, 0))
	w.is(set(other, 0), `{"refused":"version-changed"}`)
	w.is(set(good, 0), fmt.Sprintf(`{"version":%d}`, first)) // repeated, it is the same success
	second := w.version(set(other, first))
	if second <= first {
		t.Errorf("%d, then %d", first, second)
	}
	w.is(set(good, first), `{"refused":"version-changed"}`)
}

func TestRecoveryIsHeldAndReleased(t *testing.T) {
	w := newWorld(t, false)
	w.is(w.call("hold", "account", sub, "until", time.Now().Add(time.Hour).Format(time.RFC3339)), `{"refused":"not-bound"}`)
	w.is(w.call("release", "account", sub), `{"refused":"not-bound"}`)
	w.bound(sub, mine)
	version := w.version(w.call("set", "account", sub, "password", good))
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	w.is(w.call("hold", "account", sub, "until", until.Format(time.RFC3339)), fmt.Sprintf(`{"version":%d}`, version))
	if got := w.claim(sub).Hold; !got.Equal(until) {
		t.Errorf("held until %v, not %v", got, until)
	}
	if l := w.mailed(mine); l.Paused != binding.PausedHold {
		t.Errorf("%+v", l)
	}
	w.is(w.call("hold", "account", sub, "until", until.In(time.FixedZone("", 8*3600)).Format(time.RFC3339)), fmt.Sprintf(`{"version":%d}`, version))
	for range 2 {
		w.is(w.call("release", "account", sub), fmt.Sprintf(`{"version":%d}`, version))
	}
	if got := w.claim(sub).Hold; !got.IsZero() {
		t.Errorf("held until %v", got)
	}
	for _, until := range []string{"", "tomorrow", "1773489600", "2026-03-21", "2026-03-21 12:00:00Z", time.Now().Add(-time.Second).Format(time.RFC3339), time.Now().Add(31 * 24 * time.Hour).Format(time.RFC3339)} {
		w.is(w.call("hold", "account", sub, "until", until), `{"refused":"malformed","reason":"until"}`)
	}
}

// A grant is the host's once; with the same key it may ask again, with another it may not, nor may another deployment.
func TestAGrantIsRedeemedOnce(t *testing.T) {
	w := newWorld(t, true)
	w.bound(sub, mine)
	grant := w.grant(mine)
	first := w.call("redeem", "grant", grant, "key", "recovery-7f3a")
	var got struct {
		Account, Issuer, Ref string
		ProvedAt             string `json:"proved_at"`
	}
	if err := json.Unmarshal([]byte(first), &got); err != nil || got.Account != sub || got.Issuer != "https://login.example.com/" || got.Ref != w.claim(sub).Account.Ref() {
		t.Errorf("%s: %v", first, err)
	}
	at, err := time.Parse(time.RFC3339, got.ProvedAt)
	if err != nil || time.Since(at) > time.Minute || time.Since(at) < 0 || !strings.HasSuffix(got.ProvedAt, "Z") || strings.Contains(got.ProvedAt, ".") {
		t.Errorf("%s: %v", first, err)
	}
	w.is(w.call("redeem", "grant", grant, "key", "recovery-7f3a"), first)
	w.is(w.call("redeem", "grant", grant, "key", "recovery-7f3b"), `{"refused":"recovery-refused"}`)
	for _, grant := range []string{"", "garbage", w.letter.Token} {
		w.is(w.call("redeem", "grant", grant, "key", "k"), `{"refused":"recovery-refused"}`)
	}
	for _, key := range []string{"", strings.Repeat("k", 256)} {
		w.is(w.call("redeem", "grant", grant, "key", key), `{"refused":"malformed","reason":"key"}`)
	}
}

// Where we keep the passwords a grant is for a new one here, and for nothing else; where the platform does, none is set
// or checked here. Recovery is paused in both.
func TestEachPasswordModeHasItsOps(t *testing.T) {
	const notHere = `{"refused":"malformed","reason":"op"}`
	w := newWorld(t, false)
	w.bound(sub, mine)
	w.is(w.call("redeem", "grant", w.grant(mine), "key", "k"), notHere)
	w.caller.host = true
	before := w.claim(sub)
	w.is(w.call("set", "account", sub, "password", good), notHere)
	w.is(w.call("check", "account", sub, "password", good), notHere)
	if after := w.claim(sub); !reflect.DeepEqual(after, before) {
		t.Errorf("the owner is told of %+v", after)
	}
	w.is(w.call("hold", "account", sub, "until", time.Now().Add(time.Hour).Format(time.RFC3339)), `{"version":0}`)
	w.is(w.call("release", "account", sub), `{"version":0}`)
}

// Strangers spend the strangers' tries; who is told to wait is told for how long, and nothing is compared meanwhile.
func TestTooManyWrongPasswordsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, false)
		version := w.version(w.call("set", "account", sub, "password", good))
		w.call("check", "account", sub, "password", good, "client", "device-41")
		time.Sleep(15 * time.Minute) // a password that is new has more
		for range 50 {
			w.is(w.call("check", "account", sub, "password", other), fmt.Sprintf(`{"ok":false,"version":%d}`, version))
		}
		for _, typed := range []string{other, good} {
			w.is(w.call("check", "account", sub, "password", typed), fmt.Sprintf(`{"ok":false,"version":%d,"retry_after":72}`, version))
		}
		w.is(w.call("check", "account", sub, "password", good, "client", "device-41"), fmt.Sprintf(`{"ok":true,"version":%d}`, version))
		outcomes := strings.Join(w.lines(), "\n")
		if strings.Count(outcomes, "op=check outcome=wrong") != 50 || strings.Count(outcomes, "op=check outcome=wait") != 2 || strings.Count(outcomes, "op=check outcome=right") != 2 || strings.Count(outcomes, "op=set outcome=done") != 1 {
			t.Errorf("%s", outcomes)
		}
	})
}

func TestAWeakPasswordIsRefusedWithItsReasons(t *testing.T) {
	w := newWorld(t, false)
	w.bound(sub, mine)
	for typed, reasons := range map[string]string{"": "too-short", "short": "too-short", strings.Repeat("ab c", 65): "too-long", mine: "personal", "canary-label canary-label": "pattern"} {
		if got := w.call("set", "account", sub, "password", typed); !strings.HasPrefix(got, `{"refused":"password-refused","reasons":["`+reasons+`"`) {
			t.Errorf("%q: %s", typed, got)
		}
	}
	if c := w.claim(sub); strings.HasPrefix(c.Event, "credential.changed") {
		t.Errorf("%q", c.Event)
	}
}

// A busy table asks to come back; an outage is a function error in our own words, which the log explains.
func TestOutagesAreFunctionErrors(t *testing.T) {
	payloads := []string{
		`{"op":"check","account":"u-1029","password":"x"}`, `{"op":"set","account":"u-1029","password":"seven lamps over the harbour"}`,
		`{"op":"hold","account":"u-1029","until":"` + time.Now().Add(time.Hour).Format(time.RFC3339) + `"}`, `{"op":"release","account":"u-1029"}`,
	}
	w := newWorld(t, true)
	w.bound(sub, mine)
	grant := w.grant(mine)
	payloads = append(payloads, `{"op":"redeem","grant":"`+grant+`","key":"k"}`)
	for _, payload := range payloads {
		w.caller.host = strings.Contains(payload, `"redeem"`)
		w.caller.platform.Store = away{w.memory, errAway}
		if got, err := w.invoke(payload); !errors.Is(err, errOutage) || got != "" || strings.Contains(err.Error(), "dynamo") {
			t.Errorf("%s: %s, %v", payload, got, err)
		}
		w.caller.platform.Store = away{w.memory, &binding.Conflict{Cause: errAway}}
		if got, err := w.invoke(payload); err != nil || got != `{"refused":"unavailable","retry_after":2}` {
			t.Errorf("%s: %s, %v", payload, got, err)
		}
	}
	all := strings.Join(w.lines(), "\n")
	if strings.Count(all, "outcome=outage") != len(payloads) || strings.Count(all, "dynamo-is-away") != len(payloads) || strings.Count(all, `"Outage":1`) != len(payloads) ||
		strings.Count(all, "outcome=unavailable") != len(payloads) || strings.Count(all, "level=ERROR") != len(payloads) {
		t.Errorf("%s", all)
	}
}

// Whatever is called, one line a call, and in it neither account, password, client, grant, key nor address.
func TestNothingPersonalIsLogged(t *testing.T) {
	w := newWorld(t, true)
	w.bound("canary-sub", "canary@canary.example.net")
	grant := w.grant("canary@canary.example.net")
	calls := 0
	call := func(op string, members ...string) {
		calls++
		w.caller.host = op == "redeem"
		w.call(op, members...)
	}
	call("redeem", "grant", grant, "key", "canary-key")
	call("redeem", "grant", "canary-grant", "key", "canary-key")
	call("set", "account", "canary-sub", "password", "canary canary canary")
	call("set", "account", "canary-sub", "password", "seven canaries over the harbour")
	call("check", "account", "canary-sub", "password", "seven canaries over the harbour", "client", "canary-client")
	call("check", "account", "canary-sub", "password", "canary", "client", "canary-client")
	call("check", "account", "canary-sub", "password", "canary", "canary", "canary")
	call("canary-op", "account", "canary-sub")
	call("hold", "account", "canary-sub", "until", "canary")
	call("hold", "account", "canary-other", "until", time.Now().Add(time.Hour).Format(time.RFC3339))
	w.caller.platform.Store, w.caller.host = away{w.memory, errAway}, false
	if _, err := w.invoke(`{"op":"check","account":"canary-sub","password":"canary","client":"canary-client"}`); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
	all := w.lines()
	for _, secret := range []string{"canar", grant[:24], w.letter.Token[:24], w.letter.Code, w.service.Names.Account("canary-sub").String(), w.service.Names.Account("canary-sub").Ref()} {
		if strings.Contains(strings.Join(all, "\n"), secret) {
			t.Errorf("%q is in the log: %q", secret, all)
		}
	}
	if len(all) != calls+2 { // and one outage, which is counted
		t.Errorf("%d lines for %d calls: %q", len(all), calls+1, all)
	}
	for _, line := range all {
		if strings.HasPrefix(line, "{") {
			continue
		}
		for _, member := range []string{"message=call", "op=", "outcome=", "ms="} {
			if !strings.Contains(line, member) {
				t.Errorf("%s lacks %s", line, member)
			}
		}
	}
}

// The sample payload is a call; the account is not there.
func TestTheSamplePayloadIsAnswered(t *testing.T) {
	text, err := os.ReadFile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, false)
	if got, err := w.invoke(string(text)); err != nil || got != `{"ok":false,"version":0}` {
		t.Errorf("%s, %v", got, err)
	}
}

// A call names its facts by Lambda's id of it; without a usable one each has its own.
func TestTheRequestIDIsLambdasOrAFreshOne(t *testing.T) {
	long := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: strings.Repeat("7", 37)})
	for _, ctx := range []context.Context{t.Context(), long} {
		a, b := requestID(ctx), requestID(ctx)
		if a == b || len(a) < 16 || len(a) > 36 {
			t.Errorf("%q, %q", a, b)
		}
	}
	ours := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: awsID})
	if got := requestID(ours); got != awsID {
		t.Errorf("%q", got)
	}
}

package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

// credential is the function that the platform calls, and reset the one that sets passwords.
const credential, reset = "credential", "reset"

// mostHashes is how many people of a round have a password: each request about one takes argon2id, tens of milliseconds of a
// processor.
const mostHashes = 50

var (
	recoverKnown   = operation{name: "recover", function: "recover", status: 202, trips: 2, once: true, mailed: 4, letter: ownersMail, ask: askRecovery}
	recoverUnknown = operation{name: "recover, unknown address", function: "recover", status: 202, trips: 2, once: true, mailed: 3, ask: askRecovery}
	recoverAgain   = operation{name: "recover, too soon", function: "recover", status: 202, trips: 2, ask: askRecovery}
	recoverLimited = operation{name: "recover, refused by the caller's limit", function: "recover", status: 429, trips: 1}

	platformSets = operation{name: "platform sets a password", function: credential, status: 200, trips: 2, once: true, mailed: 2, letter: ownersMail,
		ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
			return d.credential(ctx, map[string]string{"op": "set", "account": p.name, "password": p.password})
		}}
	setByGrant = operation{name: "set password, by grant", function: reset, status: 200, trips: 2, once: true, mailed: 2, letter: ownersMail, ask: askNewPassword}
	setByLink  = operation{name: "set password, by link", function: reset, status: 200, trips: 2, once: true, mailed: 2, letter: ownersMail,
		ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
			return d.setPassword(ctx, map[string]string{"token": p.recovery, "email": p.address, "password": p.next})
		}}
)

// checks are what the platform asks of passwords.
var checks = []operation{
	{name: "check, right, from a new device", function: credential, status: 200, trips: 6, once: true, ask: askCheck},
	{name: "check, right", function: credential, status: 200, trips: 3, ask: askCheck},
	{name: "check, wrong", function: credential, status: 401, trips: 2, once: true, ask: askWrongCheck},
	{name: "check, wrong once more", function: credential, status: 401, trips: 3, ask: askWrongCheck},
}

// afterMail are what can be done with a mail of recovery that uses nothing up. Those with a code charge tries, warming included.
var afterMail = []operation{
	{name: "page of the recovery link", function: "page", status: 200, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.ask(ctx, "GET", "/reset?t="+p.recovery, "", "")
	}},
	{name: "prove, wrong code", function: "recover", status: 422, trips: 1, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.prove(ctx, map[string]string{"email": p.address, "code": otherCode(p.code)})
	}},
	{name: "prove, forged link", function: "recover", status: 422, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.prove(ctx, map[string]string{"email": p.address, "token": forged(p.recovery)})
	}},
	{name: "prove, link of another purpose", function: "recover", status: 422, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.prove(ctx, map[string]string{"email": p.address, "token": p.token})
	}},
	{name: "prove, link", function: "recover", status: 200, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.prove(ctx, map[string]string{"email": p.address, "token": p.recovery})
	}},
	{name: "prove, code", function: "recover", status: 200, trips: 1, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		got, err := d.prove(ctx, map[string]string{"email": p.address, "code": p.code})
		if err != nil || got.status != http.StatusOK {
			return got, err
		}
		var proven struct{ Grant string }
		err = json.Unmarshal(got.body, &proven)
		p.grant = proven.Grant
		return got, err
	}},
}

// refusedPasswords are presented with no proof, or with no password worth a hash.
var refusedPasswords = []operation{
	{name: "set password, too short", function: reset, status: 422, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.setPassword(ctx, map[string]string{"grant": p.grant, "password": "short"})
	}},
	{name: "set password, forged grant", function: reset, status: 422, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.setPassword(ctx, map[string]string{"grant": forged(p.grant), "password": p.next})
	}},
	{name: "set password, grant of another purpose", function: reset, status: 422, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.setPassword(ctx, map[string]string{"grant": p.recovery, "password": p.next})
	}},
}

// repeatedPassword follows on a success.
var repeatedPassword = operation{name: "set password, repeated", function: reset, status: 200, trips: 2, once: true, ask: askNewPassword}

// redemptions are what a platform that keeps the passwords itself does with a grant.
var redemptions = []operation{
	{name: "platform redeems, forged grant", function: credential, status: 422, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.credential(ctx, map[string]string{"op": "redeem", "grant": forged(p.grant), "key": p.name})
	}},
	{name: "platform redeems", function: credential, status: 200, trips: 2, once: true, ask: askRedemption},
	{name: "platform redeems, repeated", function: credential, status: 200, trips: 2, ask: askRedemption},
	{name: "platform redeems, spent grant", function: credential, status: 422, trips: 2, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.credential(ctx, map[string]string{"op": "redeem", "grant": p.grant, "key": "another of " + p.name})
	}},
	{name: "set password, which the platform keeps", function: reset, status: 404, ask: askNewPassword},
}

func askRecovery(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.askBy(ctx, d.crowd.next(1), "POST", "/v1/recovery", "", asJSON(map[string]string{"email": p.address}))
}

func (d *driver) prove(ctx context.Context, what map[string]string) (reply, error) {
	return d.ask(ctx, "POST", "/v1/recovery/verify", "", asJSON(what))
}

func askNewPassword(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.setPassword(ctx, map[string]string{"grant": p.grant, "password": p.next})
}

func (d *driver) setPassword(ctx context.Context, what map[string]string) (reply, error) {
	return d.ask(ctx, "POST", "/v1/recovery/password", "", asJSON(what))
}

func askCheck(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.credential(ctx, map[string]string{"op": "check", "account": p.name, "client": "phone", "password": p.password})
}

func askWrongCheck(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.credential(ctx, map[string]string{"op": "check", "account": p.name, "client": "phone", "password": "wrong " + p.name})
}

func askRedemption(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.credential(ctx, map[string]string{"op": "redeem", "grant": p.grant, "key": p.name})
}

// credential invokes the function of that name, and gives its answer the status that an API would: 422 refused, 401 a wrong
// password, 429 too many of them, 500 an outage.
func (d *driver) credential(ctx context.Context, call map[string]string) (reply, error) {
	got, err := d.invoke(ctx, credential, asJSON(call))
	if err != nil || got.status != http.StatusOK {
		return got, err
	}
	var told struct {
		OK         *bool
		Refused    string
		RetryAfter int `json:"retry_after"`
	}
	err = json.Unmarshal(got.body, &told)
	switch {
	case told.Refused != "":
		got.status = http.StatusUnprocessableEntity
	case told.RetryAfter > 0:
		got.status = http.StatusTooManyRequests
	case told.OK != nil && !*told.OK:
		got.status = http.StatusUnauthorized
	}
	return got, err
}

// invoke hands a function an event and waits. The status of a failed one is 500.
func (d *driver) invoke(ctx context.Context, function, event string) (reply, error) {
	got, err := d.ask(ctx, "POST", "/2015-03-31/functions/"+function+"/invocations", "", event)
	if err == nil && got.header.Get("X-Amz-Function-Error") != "" {
		got.status = http.StatusInternalServerError
	}
	return got, err
}

func asJSON(members map[string]string) string {
	text, err := json.Marshal(members)
	if err != nil {
		panic("load: texts that are no JSON: " + err.Error())
	}
	return string(text)
}

var recoveryIn = regexp.MustCompile(`/reset\?t=([A-Za-z0-9_-]+)`)

// openRecovery takes code and token out of a person's recovery mail.
func (who *person) openRecovery(m mail) error {
	code, token := codeIn.FindStringSubmatch(m.Text), recoveryIn.FindStringSubmatch(m.Text)
	if code == nil || token == nil {
		return errors.New("load: a recovery mail without code or link")
	}
	who.code, who.recovery = code[1], token[1]
	return nil
}

// untilTheMinute waits, if the minute of this machine's clock has not that much left: a caller's count ends with it.
func untilTheMinute(ctx context.Context, left time.Duration) error {
	now := time.Now()
	if end := now.Truncate(time.Minute).Add(time.Minute); end.Sub(now) < left {
		return pause(ctx, end.Sub(now)+time.Second)
	}
	return nil
}

// limited measures what a network gets that has asked too often.
func (d *driver) limited(ctx context.Context, clients int, who []person) error {
	const asks = 60 // a minute
	if err := untilTheMinute(ctx, 15*time.Second); err != nil {
		return err
	}
	alone := d.crowd.alone()
	defer alone.CloseIdleConnections()
	op := recoverLimited
	op.ask = func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.askBy(ctx, alone, "POST", "/v1/recovery", "", asJSON(map[string]string{"email": p.address}))
	}
	for range asks {
		if got, err := op.ask(ctx, d, &who[0]); err != nil || got.status != http.StatusAccepted {
			return errors.Join(err, fmt.Errorf("load: recover before the caller's limit: status %d", got.status))
		}
	}
	return d.phase(ctx, op, clients, who[:min(len(who), 200)])
}

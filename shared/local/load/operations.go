package load

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// operation is one line of the table: a request, the answer it has to get and the round trips that the README promises.
type operation struct {
	name     string
	function string
	status   int
	trips    int
	once     bool   // the same account cannot do it twice
	mailed   int    // round trips that the mailer makes for the mail that it makes due, or would make due
	letter   letter // that mail
	eventful bool   // the platform is told of it
	ask      func(context.Context, *driver, *person) (reply, error)
}

var (
	bind   = operation{name: "bind", function: "bind", status: 202, trips: 1, once: true, mailed: 3, letter: verifyMail, ask: askBind}
	resend = operation{name: "resend", function: "resend", status: 202, trips: 1, once: true, mailed: 3, letter: verifyMail, ask: askResend}
	deny   = operation{name: "this wasn't me", function: "verify", status: 200, trips: 1, once: true, eventful: true, ask: askDeny}
)

var statusOf = operation{name: "status", function: "status", status: 200, trips: 1, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.ask(ctx, "GET", "/v1/binding", p.session, "")
}}

// beforeProof are the operations that leave a claim pending; each is done once to the same accounts.
var beforeProof = []operation{
	statusOf,
	{name: "resend, refused by the cooldown", function: "resend", status: 429, trips: 1, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.ask(ctx, "POST", "/v1/binding/resend", p.session, "")
	}},
	{name: "page of the link", function: "page", status: 200, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.ask(ctx, "GET", "/verify?t="+p.token, "", "")
	}},
	{name: "code, wrong", function: "verify", status: 422, trips: 1, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.verify(ctx, p, "code", otherCode(p.code))
	}},
	{name: "link, wrong number", function: "verify", status: 422, trips: 1, once: true, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.press(ctx, p.token, "bind", otherNumber(p.check))
	}},
	{name: "link, forged", function: "verify", status: 422, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.press(ctx, forged(p.token), "bind", p.check)
	}},
}

// proofs are the operations that bind; each needs accounts of its own.
var proofs = []operation{
	{name: "code, right", function: "verify", status: 200, trips: 2, once: true, mailed: 2, letter: ownersMail, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.verify(ctx, p, "code", p.code)
	}},
	{name: "link, right number", function: "verify", status: 200, trips: 2, once: true, mailed: 2, letter: ownersMail, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.press(ctx, p.token, "bind", p.check)
	}},
	{name: "link's token in the session", function: "verify", status: 200, trips: 1, once: true, mailed: 2, letter: ownersMail, ask: func(ctx context.Context, d *driver, p *person) (reply, error) {
		return d.verify(ctx, p, "token", p.token)
	}},
}

// groups is how many accounts a round needs for each of its N: one for each proof, and one that is sent a second mail and ends by
// "this wasn't me".
const groups = 4

func askBind(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.claim(ctx, p, p.address)
}

// claim binds an address, which need not be the person's own.
func (d *driver) claim(ctx context.Context, p *person, address string) (reply, error) {
	got, err := d.ask(ctx, "POST", "/v1/binding", p.session, fmt.Sprintf(`{"email":%q}`, address))
	if err != nil {
		return got, err
	}
	return got, p.remember(got)
}

func askResend(ctx context.Context, d *driver, p *person) (reply, error) {
	got, err := d.ask(ctx, "POST", "/v1/binding/resend", p.session, "")
	if err != nil {
		return got, err
	}
	return got, p.remember(got)
}

func askDeny(ctx context.Context, d *driver, p *person) (reply, error) {
	return d.press(ctx, p.token, "deny", "")
}

// remember keeps what a session is told once a mail is due.
func (p *person) remember(got reply) error {
	var state struct {
		Check    string
		ResendAt time.Time `json:"resend_at"`
	}
	if err := json.Unmarshal(got.body, &state); err != nil {
		return fmt.Errorf("the answer (status %d) is not JSON: %w", got.status, err)
	}
	p.check, p.resendAt = state.Check, state.ResendAt
	return nil
}

func (d *driver) verify(ctx context.Context, p *person, what, secret string) (reply, error) {
	return d.ask(ctx, "POST", "/v1/binding/verify", p.session, fmt.Sprintf(`{%q:%q}`, what, secret))
}

func (d *driver) press(ctx context.Context, token, decision, check string) (reply, error) {
	body := fmt.Sprintf(`{"token":%q,"decision":%q}`, token, decision)
	if check != "" {
		body = fmt.Sprintf(`{"token":%q,"decision":%q,"check":%q}`, token, decision, check)
	}
	return d.ask(ctx, "POST", "/verify", "", body)
}

// forged keeps version and key id of a token and spoils its seal.
func forged(token string) string {
	const seal = 8
	end := strings.Repeat("A", seal)
	if strings.HasSuffix(token, end) {
		end = strings.Repeat("Q", seal)
	}
	return token[:max(0, len(token)-seal)] + end
}

// otherCode is a code of the right form that is not the right one.
func otherCode(code string) string {
	if code == "ABCD-EFGH" {
		return "ABCD-EFGJ"
	}
	return "ABCD-EFGH"
}

// otherNumber is a number of four digits that is not the right one.
func otherNumber(check string) string {
	if check == "0000" {
		return "0001"
	}
	return "0000"
}

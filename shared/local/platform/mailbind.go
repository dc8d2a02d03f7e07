package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Mailbind is what the platform asks: function credential, by Lambda's Invoke. On AWS use the SDK's Lambda client, which signs its
// requests with the platform's role (the template's CredentialCaller); this machine wants no signature, and so the few lines below
// show what goes over the wire. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
type Mailbind struct {
	Endpoint string // of Lambda, without a slash at the end
	Function string // its ARN with the alias, the output CredentialArn of the stack; or its name
	Client   *http.Client
}

// invokeLimit is how long an answer may take: more than the function's own ten seconds, so that a late success is not taken for an
// outage.
const invokeLimit = 12 * time.Second

// ErrOutage is every failure that is nobody's no: try again later.
var ErrOutage = errors.New("platform: mailbind gave no answer")

// Refused is an answer that says no.
type Refused struct {
	Name       string   // password-refused, recovery-refused, not-bound, version-changed, unavailable, malformed
	Reasons    []string // password-refused: what is wrong with the password
	Reason     string   // malformed: which member
	RetryAfter int64    // unavailable: seconds
}

func (r *Refused) Error() string {
	return strings.TrimSpace("platform: mailbind refused: " + r.Name + " " + r.Reason)
}

// question is one call of credential. Only the members of its op are there.
type question struct {
	Op        string     `json:"op"`
	Account   string     `json:"account,omitempty"`  // the platform's own id: claim sub of its tokens
	Password  *string    `json:"password,omitempty"` // an empty one is wrong, none at all is malformed
	Client    string     `json:"client,omitempty"`
	IfVersion *int64     `json:"if_version,omitempty"`
	Until     *time.Time `json:"until,omitempty"`
	Grant     string     `json:"grant,omitempty"`
	Key       string     `json:"key,omitempty"`
}

// reply is its answer. There may be more members than these: what is not known is let pass, so that mailbind can add some.
type reply struct {
	OK         bool      `json:"ok"`
	Version    int64     `json:"version"`
	RetryAfter int64     `json:"retry_after"` // seconds
	Account    string    `json:"account"`
	ProvedAt   time.Time `json:"proved_at"`
	Refused    string    `json:"refused"`
	Reasons    []string  `json:"reasons"`
	Reason     string    `json:"reason"`
}

// ask invokes the function and waits. The error is a *Refused or wraps ErrOutage; it never has what was asked in it.
func (m Mailbind) ask(ctx context.Context, q question) (reply, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return reply{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, invokeLimit)
	defer cancel()
	target := m.Endpoint + "/2015-03-31/functions/" + url.PathEscape(m.Function) + "/invocations"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("X-Amz-Invocation-Type", "RequestResponse") // never Event: nobody would hear the answer
	response, err := m.Client.Do(request)
	if err != nil {
		return reply{}, fmt.Errorf("%w: %s: %w", ErrOutage, q.Op, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	var r reply
	switch {
	case err != nil:
		return reply{}, fmt.Errorf("%w: %s: %w", ErrOutage, q.Op, err)
	case response.StatusCode != http.StatusOK:
		return reply{}, fmt.Errorf("%w: %s: status %d", ErrOutage, q.Op, response.StatusCode)
	case response.Header.Get("X-Amz-Function-Error") != "": // with status 200, and a body that is none of credential's
		return reply{}, fmt.Errorf("%w: %s: function error", ErrOutage, q.Op)
	case json.Unmarshal(text, &r) != nil:
		return reply{}, fmt.Errorf("%w: %s: no JSON", ErrOutage, q.Op)
	case r.Refused != "":
		return reply{}, &Refused{Name: r.Refused, Reasons: r.Reasons, Reason: r.Reason, RetryAfter: r.RetryAfter}
	}
	return r, nil
}

// check asks whether a password is right.
func (m Mailbind) check(ctx context.Context, account, typed, client string) (verdict, error) {
	r, err := m.ask(ctx, question{Op: "check", Account: account, Password: &typed, Client: client})
	return verdict{ok: r.OK, version: r.Version, wait: time.Duration(r.RetryAfter) * time.Second}, err
}

// set keeps a new password at mailbind. To say which version was seen makes it safe to ask again, and a session that does not know of
// the newest change cannot undo it.
func (m Mailbind) set(ctx context.Context, account, typed string, seen *int64) (int64, error) {
	r, err := m.ask(ctx, question{Op: "set", Account: account, Password: &typed, IfVersion: seen})
	return r.Version, err
}

// hold pauses an account's recovery until then: while the fraud team looks into who reads the mailbox, say.
func (m Mailbind) hold(ctx context.Context, account string, until time.Time) (int64, error) {
	r, err := m.ask(ctx, question{Op: "hold", Account: account, Until: &until})
	return r.Version, err
}

// release ends a pause; that there is none is success.
func (m Mailbind) release(ctx context.Context, account string) (int64, error) {
	r, err := m.ask(ctx, question{Op: "release", Account: account})
	return r.Version, err
}

// redeem gives the account that a grant is for, once: by the same key again, by another key never.
func (m Mailbind) redeem(ctx context.Context, grant, key string) (reply, error) {
	r, err := m.ask(ctx, question{Op: "redeem", Grant: grant, Key: key})
	if errors.Is(err, ErrOutage) { // it may be redeemed all the same: the answer was lost, not the grant
		r, err = m.ask(ctx, question{Op: "redeem", Grant: grant, Key: key})
	}
	if err == nil && r.Account == "" {
		err = fmt.Errorf("%w: redeem: no account", ErrOutage)
	}
	return r, err
}

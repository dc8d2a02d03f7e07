package platform

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	endTries = 3
	endWait  = 100 * time.Millisecond // before the second try, and twice that before the third
	endPause = 10 * time.Second       // more than clocks differ; without a release it ends by itself
)

// endRecoveries ends what recovery has out for an account whose password was changed here, in host mode: a code, link or grant of before
// must not undo the change. Hold and release at once do so. Where mailbind keeps the passwords, it did so when it kept this one.
//
// The change stands whatever comes of this, and nobody is told that it failed. A real platform writes a job together with the new
// password, and a queue works on it until it is done; here it is given up after some tries. What a lost job leaves open is narrow:
// postReturn lets in no proof of a mailbox that is older than the password.
func (p *Platform) endRecoveries(ctx context.Context, id string) {
	if p.own == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), invokeLimit) // whoever closes the page does not undo the change either
	defer cancel()
	a := p.memory.account(id)
	a.pausing.Lock()
	defer a.pausing.Unlock()
	for try := range endTries {
		if try > 0 {
			time.Sleep(endWait << (try - 1))
		}
		err := p.holdAndRelease(ctx, id, a)
		if refused, no := errors.AsType[*Refused](err); err == nil || no && refused.Name != "unavailable" { // not-bound: there are none
			return
		}
	}
}

// holdAndRelease leaves a pause of the fraud team's as it is: nothing is out while it lasts, and to hold again until its end makes sure
// that it began. The caller holds the account's pausing, so that no pause begins in between and is released.
func (p *Platform) holdAndRelease(ctx context.Context, id string, a *account) error {
	now := p.now()
	if a.held.After(now) {
		_, err := p.config.Mailbind.hold(ctx, id, a.held)
		return err
	}
	if _, err := p.config.Mailbind.hold(ctx, id, now.Add(endPause).UTC().Truncate(time.Second)); err != nil {
		return err
	}
	_, err := p.config.Mailbind.release(ctx, id)
	return err
}

// postHold and postRelease are the fraud team's: here everybody is of the team.
func (p *Platform) postHold(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Account string `json:"account"`
		Seconds int64  `json:"seconds"`
	}
	if !read(w, r, &in) {
		return
	}
	const year = 365 * 24 * 3600 // mailbind itself allows less, and says so
	if in.Seconds < 1 || in.Seconds > year {
		complain(w, http.StatusBadRequest, trouble{Message: fmt.Sprintf("seconds is %d; want 1 to %d", in.Seconds, year)})
		return
	}
	until := p.now().Add(time.Duration(in.Seconds) * time.Second).UTC().Truncate(time.Second)
	a := p.memory.account(in.Account)
	a.pausing.Lock()
	defer a.pausing.Unlock()
	version, err := p.config.Mailbind.hold(r.Context(), in.Account, until)
	if refused, no := errors.AsType[*Refused](err); !no || refused.Name == "unavailable" { // after an outage it may be paused all the same
		a.held = until
	}
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, map[string]any{"version": version, "until": until})
}

func (p *Platform) postRelease(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Account string `json:"account"`
	}
	if !read(w, r, &in) {
		return
	}
	a := p.memory.account(in.Account)
	a.pausing.Lock()
	defer a.pausing.Unlock()
	version, err := p.config.Mailbind.release(r.Context(), in.Account)
	if err != nil {
		refuse(w, err)
		return
	}
	a.held = time.Time{}
	answer(w, map[string]any{"version": version})
}

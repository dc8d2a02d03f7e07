package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"sync/atomic"
	"time"
)

// driver asks the stack as programs do, and remembers what it measured.
type driver struct {
	stack   Stack
	plan    Plan
	client  *http.Client
	run     string // random: runs on the same tables do not meet
	results []*result
	mails   []*mailing
	idle    map[string]int64           // resident bytes of each function before the first request
	inits   map[string][]time.Duration // of instances started one after the other
	crowd   *crowd

	likenesses []*likeness

	played     atomic.Int64 // reports that feedback was handed by us
	muted      bool         // the mail service reports nothing
	mutedAt    int          // how many mails there were when that began
	unreported int          // mails that it reported nothing of, but those since
	lives      []*live
}

// reply is one answer of the API.
type reply struct {
	status int
	header http.Header
	body   []byte
	ended  time.Time // when all of it was here
}

// ask makes one call; token "" signs nobody in, body "" sends none.
func (d *driver) ask(ctx context.Context, method, path, token, body string) (reply, error) {
	return d.askBy(ctx, d.client, method, path, token, body)
}

func (d *driver) askBy(ctx context.Context, client *http.Client, method, path, token, body string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, d.stack.Base+path, bytes.NewBufferString(body))
	if err != nil {
		return reply{}, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, text, time.Now()}, err
}

// local asks the local stack itself for a JSON value.
func (d *driver) local(ctx context.Context, method, path, body string, into any) error {
	got, err := d.ask(ctx, method, path, "", body)
	if err == nil && got.status != http.StatusOK {
		err = fmt.Errorf("load: %s %s: status %d: %s", method, path, got.status, got.body)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(got.body, into)
}

// person is one account of the load.
type person struct {
	name, session, address, check string
	code, token                   string // of the newest mail with a code; of the first
	tag                           string // of the mail that reports are played of
	recovery, grant               string // the link's token of the recovery mail, and what it or the code was traded for
	password, next                string // what the platform sets, and what recovery does

	answered time.Time // when the last request that makes a mail due was answered
	resendAt time.Time
}

// people signs n accounts in, of a kind of four characters. All names and addresses have one length: answers may be compared.
func (d *driver) people(ctx context.Context, kind string, n int) ([]person, error) {
	who := make([]person, n)
	err := parallel(n, func(i int) error {
		name := fmt.Sprintf("%s-%s-%06d", kind, d.run, i)
		who[i].name, who[i].address = name, name+"@load.example"
		who[i].password, who[i].next = rand.Text(), rand.Text()
		var answer struct{ Token string }
		err := d.local(ctx, "POST", "/_local/token", fmt.Sprintf(`{"account":%q,"label":"load"}`, name), &answer)
		who[i].session = answer.Token
		return err
	})
	return who, err
}

var (
	codeIn  = regexp.MustCompile(`(?m)^([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})$`)
	tokenIn = regexp.MustCompile(`/verify\?t=([A-Za-z0-9_-]+)`)
)

// mail is one mail of the local mail service, as far as it matters here.
type mail struct {
	Text   string
	Tags   map[string]string
	SentAt time.Time `json:"sent_at"` // when the request to send it arrived
}

// mailLimit is how long a mail may take; the smallest machines need some seconds for hundreds of them.
const mailLimit = time.Minute

// nth waits for the nth mail (from 1) to a person.
func (d *driver) nth(ctx context.Context, who *person, n int) (mail, error) {
	for limit := time.Now().Add(mailLimit); ; {
		var mails []mail
		if err := d.local(ctx, "GET", "/_local/mails?to="+url.QueryEscape(who.address), "", &mails); err != nil {
			return mail{}, err
		}
		if len(mails) >= n {
			return mails[n-1], nil
		}
		if time.Now().After(limit) {
			return mail{}, fmt.Errorf("load: mail %d did not come within %v", n, mailLimit)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return mail{}, err
		}
	}
}

// opened has each of the people read their nth mail.
func (d *driver) opened(ctx context.Context, who []person, n int, read func(*person, mail) error) error {
	return parallel(len(who), func(i int) error {
		m, err := d.nth(ctx, &who[i], n)
		if err != nil {
			return err
		}
		return read(&who[i], m)
	})
}

// open takes code and token out of a person's verify mail.
func (who *person) open(m mail) error {
	code, token := codeIn.FindStringSubmatch(m.Text), tokenIn.FindStringSubmatch(m.Text)
	if code == nil || token == nil {
		return errors.New("load: a verify mail without code or link")
	}
	who.code, who.token = code[1], token[1]
	return nil
}

// openCode takes the code out of a mail with which a mailbox is confirmed.
func (who *person) openCode(m mail) error {
	code := codeIn.FindStringSubmatch(m.Text)
	if code == nil {
		return errors.New("load: a mail to confirm a mailbox, without a code")
	}
	who.code = code[1]
	return nil
}

func pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

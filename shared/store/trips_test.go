package store_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mailbind/shared/binding"
	"mailbind/shared/store"
	"mailbind/shared/token"
)

// counting counts the calls that reach DynamoDB: P13.
type counting struct {
	store.API
	calls int
}

func (c *counting) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	c.calls++
	return c.API.GetItem(ctx, in, o...)
}

func (c *counting) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	c.calls++
	return c.API.BatchGetItem(ctx, in, o...)
}

func (c *counting) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	c.calls++
	return c.API.UpdateItem(ctx, in, o...)
}

func (c *counting) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	c.calls++
	return c.API.TransactWriteItems(ctx, in, o...)
}

// metered is a site that counts, and a way to say what a call should cost and answer.
func metered(t *testing.T) (s *site, costs func(what string, trips int, want error, call func() error)) {
	var n *counting
	s = newSite(t, client(t), func(a store.API) store.API {
		n = &counting{API: a}
		return n
	})
	return s, func(what string, trips int, want error, call func() error) {
		t.Helper()
		n.calls = 0
		if err := call(); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if n.calls != trips {
			t.Errorf("%s took %d round trips, want %d", what, n.calls, trips)
		}
	}
}

func TestAskingTakesOneRoundTrip(t *testing.T) {
	s, costs := metered(t)
	ctx, who := t.Context(), session("asker")
	bind := func(email string) func() error {
		return func() error { _, err := s.svc.Bind(ctx, who, email, true, s.now); return err }
	}
	resend := func() error { _, err := s.svc.Resend(ctx, who, s.now); return err }
	status := func() error { _, err := s.svc.Status(ctx, who, s.now); return err }
	costs("status of nothing", 1, nil, status)
	costs("an address that is none", 0, binding.ErrInvalidAddress, bind("nobody"))
	costs("bind", 1, nil, bind("asker@example.com"))
	costs("bind again", 1, nil, bind("asker@example.com"))
	costs("bind another at once", 1, binding.ErrCooldown, bind("other@example.com"))
	costs("status", 1, nil, status)
	costs("resend of what is due", 1, nil, resend)
	s.deliver("asker", binding.KindVerify)
	costs("resend too early", 1, binding.ErrCooldown, resend)
	s.now = s.now.Add(binding.CooldownSame)
	costs("resend", 1, nil, resend)
	s.now = s.now.Add(binding.LateAfter)
	costs("resend of a late mail", 2, nil, resend)
	s.deliver("asker", binding.KindVerify)
	c := s.claim("asker")
	for i := range binding.TriesPerCode {
		_, err := s.svc.VerifyCode(ctx, who, s.wrongCode(c, i), binding.NewRequest(), s.now)
		if !errors.Is(err, binding.ErrWrongCode) {
			t.Fatal(err)
		}
	}
	s.now = s.now.Add(binding.CooldownSame)
	costs("resend of a spent code", 2, nil, resend)
	late := who
	s.svc.RecentLogin = time.Minute
	costs("bind without a recent sign-in", 0, binding.ErrReauthRequired, func() error {
		_, err := s.svc.Bind(ctx, late, "asker@example.com", true, s.now)
		return err
	})
}

func TestProvingTakesTwoRoundTripsAndGuessingOne(t *testing.T) {
	s, costs := metered(t)
	ctx := t.Context()
	byCode := func(sub, code string) func() error {
		return func() error {
			_, err := s.svc.VerifyCode(ctx, session(sub), code, binding.NewRequest(), s.now)
			return err
		}
	}
	byLink := func(link, number string) func() error {
		return func() error {
			_, err := s.svc.VerifyLink(ctx, link, number, binding.NewRequest(), s.now)
			return err
		}
	}
	byToken := func(sub, link string) func() error {
		return func() error {
			_, err := s.svc.VerifyToken(ctx, session(sub), link, binding.NewRequest(), s.now)
			return err
		}
	}
	code, link, app := s.asked("code", "code@example.com"), s.asked("link", "link@example.com"), s.asked("app", "app@example.com")
	costs("a wrong code", 1, binding.ErrWrongCode, byCode("code", s.wrongCode(code, 1)))
	costs("the right code", 2, nil, byCode("code", s.code(code)))
	costs("the right code again", 1, nil, byCode("code", s.code(code)))
	costs("a wrong number", 1, binding.ErrCheckMismatch, byLink(s.link(link), anotherNumber(s.number(link))))
	costs("the right number", 2, nil, byLink(s.link(link), s.number(link)))
	costs("the right number again", 1, nil, byLink(s.link(link), s.number(link)))
	costs("a token in another's session", 0, binding.ErrInvalidToken, byToken("code", s.link(app)))
	costs("a token in the session", 1, nil, byToken("app", s.link(app)))
	costs("what can be no code", 0, binding.ErrMalformed, byCode("code", "?"))
	costs("a code and no claim", 1, binding.ErrNothingPending, byCode("nobody", s.code(code)))
	s.audit()
}

// TestForgedLinksTakeNoRoundTrip: whoever makes up links costs nothing.
func TestForgedLinksTakeNoRoundTrip(t *testing.T) {
	s, costs := metered(t)
	ctx := t.Context()
	c := s.asked("victim", "victim@example.com")
	good := s.link(c)
	foreignKey, err := token.NewKey(bytes.Repeat([]byte("f"), 64), token.Scope{Stage: "test", Epoch: 1})
	if err != nil {
		t.Fatal(err)
	}
	oldEpoch, err := token.NewKey(bytes.Repeat([]byte("t"), 64), token.Scope{Stage: "test", Epoch: 0})
	if err != nil {
		t.Fatal(err)
	}
	seal := func(k *token.Key, expires time.Time) string {
		return binding.Link{Key: k, Account: c.Account, Challenge: c.Challenge, Address: c.Address, Expires: expires}.Seal()
	}
	current := s.svc.Keys.Current()
	for what, l := range map[string]struct {
		link         string
		verify, deny error
	}{
		"cut":                  {good[:len(good)-4], binding.ErrInvalidToken, binding.ErrInvalidToken},
		"no token":             {"x", binding.ErrInvalidToken, binding.ErrInvalidToken},
		"under an unknown key": {seal(foreignKey, c.Expires), binding.ErrUnavailable, binding.ErrUnavailable},
		"of another epoch":     {seal(oldEpoch, c.Expires), binding.ErrInvalidToken, binding.ErrInvalidToken},
		"over":                 {seal(current, s.now), binding.ErrExpired, nil},
		"long over":            {seal(current, s.now.Add(-binding.DenyGrace)), binding.ErrExpired, binding.ErrExpired},
	} {
		costs("a link "+what, 0, l.verify, func() error {
			_, err := s.svc.VerifyLink(ctx, l.link, s.number(c), binding.NewRequest(), s.now)
			return err
		})
		costs("a token "+what, 0, l.verify, func() error {
			_, err := s.svc.VerifyToken(ctx, session("victim"), l.link, binding.NewRequest(), s.now)
			return err
		})
		if l.deny == nil {
			continue // "not me" outlives the link
		}
		costs("not me "+what, 0, l.deny, func() error {
			_, err := s.svc.Deny(ctx, l.link, binding.NewRequest(), s.now)
			return err
		})
	}
	costs("what can be no number", 0, binding.ErrMalformed, func() error {
		_, err := s.svc.VerifyLink(ctx, good, "12x4", binding.NewRequest(), s.now)
		return err
	})
}

func TestNotMeTakesOneRoundTripOrTwo(t *testing.T) {
	s, costs := metered(t)
	ctx := t.Context()
	deny := func(link string) func() error {
		return func() error { _, err := s.svc.Deny(ctx, link, binding.NewRequest(), s.now); return err }
	}
	undo := func(link string) func() error {
		return func() error { _, err := s.svc.UndoDeny(ctx, link, binding.NewRequest(), s.now); return err }
	}
	plain := s.asked("plain", "plain@example.com")
	costs("not me", 1, nil, deny(s.link(plain)))
	costs("not me again", 1, nil, deny(s.link(plain)))
	costs("undo", 1, nil, undo(s.link(plain)))

	moved := s.asked("moved", "moved@example.com")
	s.now = s.now.Add(binding.CooldownOther)
	s.asked("moved", "elsewhere@example.com")
	costs("not me, the claim moved on", 2, nil, deny(s.link(moved)))
	costs("undo, the claim moved on", 2, nil, undo(s.link(moved)))

	bound := s.asked("bound", "bound@example.com")
	if _, err := s.svc.VerifyToken(ctx, session("bound"), s.link(bound), binding.NewRequest(), s.now); err != nil {
		t.Fatal(err)
	}
	costs("not me, bound", 2, nil, deny(s.link(bound)))
	costs("not me, disputed", 1, nil, deny(s.link(bound)))
	costs("undo, bound", 2, nil, undo(s.link(bound)))
	s.audit()
}

func TestTheMailerTakesThreeRoundTrips(t *testing.T) {
	s, costs := metered(t)
	deliver := func(c binding.Claim, k binding.Kind, want binding.Outcome) func() error {
		return func() error {
			out, err := s.mailer.Deliver(t.Context(), s.order(c, k), s.now)
			if out != want {
				t.Errorf("%s mail: %s, want %s", k, out, want)
			}
			return err
		}
	}
	c := s.asked("owner", "mailed@example.com")
	costs("verify mail", 3, nil, deliver(c, binding.KindVerify, binding.OutcomeSent))
	if l := s.last(); l.Kind != binding.KindVerify || l.Code != token.FormatCode(s.code(c)) || l.To != c.Address {
		t.Errorf("the letter is %+v", l)
	}
	costs("an order that is done", 1, nil, deliver(c, binding.KindVerify, binding.OutcomeSkipped))
	if _, err := s.svc.VerifyToken(t.Context(), session("owner"), s.last().Token, binding.NewRequest(), s.now); err != nil {
		t.Fatal(err)
	}
	costs("receipt", 2, nil, deliver(s.claim("owner"), binding.KindBound, binding.OutcomeSent))
	rival := s.asked("rival", "mailed@example.com")
	costs("notice", 4, nil, deliver(rival, binding.KindVerify, binding.OutcomeSent))
	if l := s.last(); l.Kind != binding.KindNotice || l.Ref != c.Account.Ref() || l.Code != "" || l.Token != "" {
		t.Errorf("the letter is %+v", l)
	}
}

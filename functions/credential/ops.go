package main

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mailbind/shared/binding"
	"mailbind/shared/httpapi"
	"mailbind/shared/recovery"
)

// A call is one payload, to be read by its op.
type call struct {
	payload string
	id      binding.Request
	now     time.Time
}

// An op is one thing that can be asked for, and in which PasswordMode.
type op struct {
	run           func(context.Context, *recovery.Platform, call) (any, error)
	managed, host bool
}

// ops are all that can be asked for. Where the platform keeps the passwords there is none of ours to set or
// check: a mail would tell the owner of a change that no sign-in knows.
var ops = map[string]op{
	"check": {check, true, false}, "set": {set, true, false}, "redeem": {redeem, false, true},
	"hold": {hold, true, true}, "release": {release, true, true},
}

// opOf reads the member op alone; the others are read when it is known which there may be.
func opOf(payload string) (string, error) {
	var in map[string]jsontext.Value
	if err := httpapi.DecodeJSON(payload, &in); err != nil {
		return "", err
	}
	op := ""
	if text, there := in["op"]; there && json.Unmarshal(text, &op) != nil {
		return "", httpapi.Malformed("json")
	}
	return op, nil
}

// checked is the answer to check.
type checked struct {
	OK         bool  `json:"ok"`
	Version    int64 `json:"version"`
	RetryAfter int64 `json:"retry_after,omitempty"` // seconds
}

func (c checked) outcome() string {
	switch {
	case c.OK:
		return "right"
	case c.RetryAfter > 0:
		return "wait"
	}
	return "wrong"
}

func check(ctx context.Context, p *recovery.Platform, c call) (any, error) {
	var in struct {
		Op       string  `json:"op"`
		Account  string  `json:"account"`
		Password *string `json:"password"`
		Client   string  `json:"client"`
	}
	if err := read(c, &in, &in.Password); err != nil {
		return nil, err
	}
	out, err := p.Check(ctx, in.Account, *in.Password, in.Client, c.now)
	if err != nil {
		return nil, err
	}
	return checked{OK: out.OK, Version: out.Version, RetryAfter: httpapi.Seconds(out.Wait)}, nil
}

// versioned is the answer to set, hold and release: the credential's version; 0: there is none.
type versioned struct {
	Version int64 `json:"version"`
}

func set(ctx context.Context, p *recovery.Platform, c call) (any, error) {
	var in struct {
		Op        string  `json:"op"`
		Account   string  `json:"account"`
		Password  *string `json:"password"`
		IfVersion *int64  `json:"if_version"`
	}
	if err := read(c, &in, &in.Password); err != nil {
		return nil, err
	}
	return version(p.Set(ctx, in.Account, *in.Password, in.IfVersion, c.id, c.now))
}

func hold(ctx context.Context, p *recovery.Platform, c call) (any, error) {
	var in struct {
		Op      string `json:"op"`
		Account string `json:"account"`
		Until   string `json:"until"`
	}
	if err := httpapi.DecodeJSON(c.payload, &in); err != nil {
		return nil, err
	}
	until, err := time.Parse(time.RFC3339, in.Until)
	if err != nil {
		return nil, httpapi.Malformed("until")
	}
	return version(p.Hold(ctx, in.Account, until, c.now))
}

func release(ctx context.Context, p *recovery.Platform, c call) (any, error) {
	var in struct {
		Op      string `json:"op"`
		Account string `json:"account"`
	}
	if err := httpapi.DecodeJSON(c.payload, &in); err != nil {
		return nil, err
	}
	return version(p.Release(ctx, in.Account, c.now))
}

// redeemed is the answer to redeem.
type redeemed struct {
	Account  string    `json:"account"`
	Issuer   string    `json:"issuer"`
	Ref      string    `json:"ref"`
	ProvedAt time.Time `json:"proved_at"` // whole seconds, UTC
}

func redeem(ctx context.Context, p *recovery.Platform, c call) (any, error) {
	var in struct {
		Op    string `json:"op"`
		Grant string `json:"grant"`
		Key   string `json:"key"`
	}
	if err := httpapi.DecodeJSON(c.payload, &in); err != nil {
		return nil, err
	}
	r, err := p.Redeem(ctx, in.Grant, in.Key, c.id, c.now)
	if err != nil {
		return nil, err
	}
	return redeemed{Account: r.Subject, Issuer: r.Issuer, Ref: r.Ref, ProvedAt: r.ProvedAt.UTC()}, nil
}

// read reads a call that must have a password, which may be any text: no password at all is not a wrong one.
func read(c call, into any, password **string) error {
	if err := httpapi.DecodeJSON(c.payload, into); err != nil {
		return err
	}
	if *password == nil {
		return httpapi.Malformed("password")
	}
	return nil
}

func version(v int64, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return versioned{v}, nil
}

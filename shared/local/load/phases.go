package load

import (
	"fmt"
	"time"
)

// person is one account of the load.
type person struct {
	session, address, check string
	code, token             string
	bound                   time.Time // when bind answered
}

// play takes n accounts through the API, one operation after the other. The last one splits them: a
// quarter is bound by code, one by link and number, one by token, and one says "not me".
func (d *driver) play(p Plan) (out []result, err error) {
	people := make([]person, p.N)
	for i := range people {
		name := fmt.Sprintf("load-%d-%d-%d", time.Now().UnixNano(), p.Clients, i)
		people[i].address = name + "@load.example"
		var answer struct{ Token string }
		if _, err := d.ask("POST", "/_local/token", "", fmt.Sprintf(`{"account":%q,"label":"load"}`, name), &answer); err != nil {
			return nil, err
		}
		people[i].session = answer.Token
	}
	run := func(name string, p Plan, want int, one func(*person) (int, error), who []person) error {
		r, e := d.phase(name, p, want, func(i int) (int, error) { return one(&who[i]) })
		out = append(out, r)
		return e
	}
	bind := func(u *person) (int, error) {
		var answer struct{ Check string }
		status, err := d.ask("POST", "/v1/binding", u.session, fmt.Sprintf(`{"email":%q}`, u.address), &answer)
		u.check, u.bound = answer.Check, time.Now()
		return status, err
	}
	if err := run("bind", p, 202, bind, people); err != nil {
		return out, err
	}
	for i := range people {
		if people[i].code, people[i].token, err = d.secrets(people[i].address); err != nil {
			return out, err
		}
	}
	d.lags = append(d.lags, fmt.Sprintf("with %d clients the mails of %d binds were out %d ms after the last answer", p.Clients, p.N,
		time.Since(people[p.N-1].bound).Milliseconds()))

	quarter := p.N / 4
	part := Plan{Clients: p.Clients, N: quarter}
	for _, step := range []struct {
		name string
		plan Plan
		want int
		one  func(*person) (int, error)
		who  []person
	}{
		{"status", p, 200, func(u *person) (int, error) { return d.ask("GET", "/v1/binding", u.session, "", nil) }, people},
		{"resend, too soon", p, 429, func(u *person) (int, error) { return d.ask("POST", "/v1/binding/resend", u.session, "", nil) }, people},
		{"page of the link", p, 200, func(u *person) (int, error) { return d.ask("GET", "/verify?t="+u.token, "", "", nil) }, people},
		{"forged link", p, 422, func(u *person) (int, error) { return d.press(u.token[:len(u.token)-6]+"AAAAAA", "bind", "0000") }, people},
		{"wrong code", p, 422, func(u *person) (int, error) { return d.verify(u, "code", "ABCD-EFGH") }, people},
		{"wrong number", p, 422, func(u *person) (int, error) { return d.press(u.token, "bind", other(u.check)) }, people},
		{"right code", part, 200, func(u *person) (int, error) { return d.verify(u, "code", u.code) }, people},
		{"right number", part, 200, func(u *person) (int, error) { return d.press(u.token, "bind", u.check) }, people[quarter:]},
		{"token in the session", part, 200, func(u *person) (int, error) { return d.verify(u, "token", u.token) }, people[2*quarter:]},
		{"not me", part, 200, func(u *person) (int, error) { return d.press(u.token, "deny", "") }, people[3*quarter:]},
	} {
		if err := run(step.name, step.plan, step.want, step.one, step.who); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (d *driver) verify(u *person, what, secret string) (int, error) {
	return d.ask("POST", "/v1/binding/verify", u.session, fmt.Sprintf(`{%q:%q}`, what, secret), nil)
}

func (d *driver) press(token, decision, check string) (int, error) {
	body := fmt.Sprintf(`{"token":%q,"decision":%q}`, token, decision)
	if check != "" {
		body = fmt.Sprintf(`{"token":%q,"decision":%q,"check":%q}`, token, decision, check)
	}
	return d.ask("POST", "/verify", "", body, nil)
}

// other is a number of four digits that is not the right one.
func other(check string) string {
	if check == "0000" {
		return "0001"
	}
	return "0000"
}

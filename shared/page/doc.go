// Package page renders the hosted pages: what a person sees who opens a link of one of our mails, or
// who has forgotten a password.
//
// That person came from a mailbox, is perhaps inside the browser of a chat app, perhaps not signed in
// at the platform, and perhaps never asked for anything. So every page says what it is about and what
// a button will do before it is pressed, works without script and without cookies, and is served whole
// in one answer. The one script there is shows the password being typed; without it nothing is missing
// but that.
//
// Pages change nothing by being loaded. Forms post to /verify and /v1/recovery… on the same origin, one
// alone to the platform (Return). Tokens travel in hidden fields of forms and in the query of /verify,
// /deny and /reset only; grants, codes and addresses in fields only: never in a title, and never to
// another origin (Headers) but the grant to the platform it is for. Where a result needs no secret the
// caller answers 303 to /done?r=…; every other page of recovery is the answer to a post itself.
//
// HTML comes from templates compiled by a-h/templ; what that costs and saves is measured in the
// comment of shared/mail. On one core of a 2-core amd64 machine the confirm page, 6.6 KB, takes 8 to
// 19 µs and 88 allocations of 23 KB to render (BenchmarkConfirm), the page for a new password, 6.9 KB,
// 6 µs and 68 allocations of 18 KB (BenchmarkReset).
package page

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

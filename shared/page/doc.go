// Package page renders the hosted pages: what a person sees who opens a link of one of our mails.
//
// That person came from a mailbox, is perhaps inside the browser of a chat app, perhaps not signed in
// at the platform, and perhaps never asked for anything. So every page says what it is about and what
// a button will do before it is pressed, works without script and without cookies, is served whole in
// one answer, and asks for no more than four digits.
//
// Pages change nothing by being loaded. Forms post to /verify on the same origin; tokens travel in
// hidden fields of forms and in the query of /verify and /deny only, never in a title, and never to
// another origin (Headers). Where a result needs no secret the caller answers 303 to /done?r=….
//
// HTML comes from templates compiled by a-h/templ; what that costs and saves is measured in the
// comment of shared/mail. The confirm page, 5.8 KB, takes 12 to 19 µs and 88 allocations of 23 KB to render on
// one core of a 2-core amd64 machine (BenchmarkConfirm).
package page

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Package mail gives letters words and hands them to Amazon SES.
//
// A letter (binding.Letter) says what a mail is about; Words.Render writes it in the language of the
// account, as plain text and as HTML from the same blocks; Sender makes one SES request of it. Mails
// go to people who never asked for anything as well as to those who did: they name the account only
// masked, and not at all where the mailbox may have become a stranger's; they hold no more links than
// are needed, show every link as the text of its target, load nothing and never ask for an answer.
//
// # HTML without html/template
//
// The HTML part is compiled from html.templ by a-h/templ. Measured on a Lambda binary that has the SES
// client already (arm64, -trimpath -ldflags '-s -w', norpc; start by GODEBUG=inittrace=1 on a 2-core
// amd64 machine, median of 5 starts):
//
//	                    binary       packages initialised in   allocations there
//	SES client          7,536,802 B  2.3 ms                    4,792
//	with templ          7,667,874 B  2.5 ms                    5,113
//
// so templ costs 131 KB and about 0.2 ms of a cold start, most of it the expressions of its CSS
// sanitiser, which nothing here uses. html/template costs 2.2 MB (it keeps every exported method alive) and
// parses its templates on every start. Writers
// and escaping by hand would cost nothing, but then every author must remember to escape; the price
// of templ is paid for never having to.
package mail

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

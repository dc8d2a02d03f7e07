// Command local starts the whole product on one machine, with no AWS account:
//
//	go run ./shared/local [-listen 127.0.0.1:8080] [-dynamodb URL] [-password-mode managed|host]
//		[-host-return-url URL] [-load]
//
// It reads template.yaml, builds every function and runs the real binaries: behind an HTTP API with the template's routes and
// authorizers, on tables of DynamoDB Local, with their streams, a mail service that keeps what it is given, an event bus, secrets
// and a DNS of its own. When all is up it prints the line `ready http://127.0.0.1:PORT`; there is a page to try it at that address,
// and the API. Everything else it says goes to standard error. Ctrl-C ends it and leaves nothing behind.
//
// Functions may do what their roles in template.yaml allow, as on AWS: every other call is refused as the service would do it, and a line
// on standard error that begins with `denied:` names function, action and resource. What roles allow of logs is not enforced.
//
// Beside the product there is a platform that calls it, under /_local/platform: people sign in there with a password, lose it, and find
// their sessions ended by the event. With -password-mode host it keeps the passwords itself, and recovery leads back to it, or with
// -host-return-url to a platform of yours: at an https URL, or at http://127.0.0.1:PORT.
//
// With -load it drives every operation instead, prints what each took as Markdown tables, and ends, in about two minutes: with
// status 1 when an answer, or the number of round trips to the database, is not as the README says. -load-rounds, -load-pairs and
// -load-resend=false make it smaller.
//
// What scripts may rely on is the contract of the README: the routes of the API, /_local/token, /_local/mails, /_local/events,
// /_local/ses and the invocation of functions under /2015-03-31/functions. /_local/platform (described in package platform),
// /_local/functions, /_local/info and /_local/secrets serve the page and tests.
//
// POST /_local/ses says how the mail service behaves for mails that it takes from then on. Every member may be left out, and leaves what is:
//
//	mode       ok; slow (takes a mail after 3 s); or why SendEmail refuses every mail: down, throttle, quota (the day's is used up),
//	           paused, suspended (the account), rejected (the message)
//	events     prompt; late (each 3 s after its time); double (each twice); shuffled (the last first); off (none)
//	mailboxes  {"ADDRESS": ENDING}: what that mailbox does with a mail; "" gives the address back the ending it has by itself
//	shift      seconds, up to a year either way, added to every time in the events, not to when they come: two bounces "a day apart"
//
// It answers, as GET does, {"mode","waiting","events","mailboxes","shift"}; 400 with a message, and nothing changed, for what it does not
// understand. Every ENDING is also what the mailbox of that name at simulator.amazonses.com does (a label after + is ignored):
//
//	success delivered        sent, delivered                      slow           delayed at 1 s, delivered at 5 s
//	bounce no-email          unknown mailbox (5.1.1)              full           delayed twice, given up: mailbox full
//	returned                 delivered, then bounce               expired        delayed, given up: no answer (4.4.7)
//	dead-domain              no such domain (5.1.2)               content        given up: content refused (5.6.0)
//	invalid-domain           not in DNS (Transient, 5.4.4)        spam           refused as spam (5.7.1)
//	moved domain-moved       another's by now (5.7.17, 5.7.18)    complaint      delivered, then marked as spam
//	forged-status            a status that tries to be JSON       not-spam       delivered, then marked as no spam
//	suppressionlist          SES's own list of bounces            ooto           delivered, then an automatic answer
//	listed listed-complaint  the account's suppression list       undetermined   delivered, then who knows what
//	virus                    taken, then rejected                 rendering      taken, never sent
//	reject                   refused at once
//
// Whoever bounced for good or complained is on the account's suppression list from then on, as his mail's configuration set has it; no
// address of the simulator is ever on it. GET /_local/events lists the product's events, ?source=aws.ses those of the mail service.
//
// Nothing here can reach a real account: the functions get a cleared environment, made-up credentials, each its own, a Region that does
// not exist and endpoints on 127.0.0.1; every key is random and lives as long as the run, or, with -dynamodb, as long as the tables there.
//
// The folders below know nothing of each other but what their names say: template (what is to run), lambda (functions), gateway and
// issuer (the HTTP API and who signs in), iam (what functions may do), dynamo and dynamolocal (tables and streams), ses, bus, secrets
// and dns (the services around), platform (who calls the product), pattern (filters of events), load (measurements), child (processes
// that end with this one). This package wires them and serves /_local.
package main

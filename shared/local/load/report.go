package load

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// report prints everything as Markdown.
func (d *driver) report(out io.Writer, took time.Duration, used machine, relayed []time.Duration) error {
	var text strings.Builder
	fmt.Fprintf(&text, "\n%s, %s/%s, %d processors, which clients, gateway, functions, mail service and DynamoDB Local share.\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	text.WriteString(d.operations())
	fmt.Fprintf(&text, "\nCPU: of the function's processes, for each request. Round trips: as counted in front of the database, without the one read of each "+
		"instance's start.\nThe counting itself adds %s ms to a round trip (half of them). What mails need runs beside the requests of the rows that make them due.\n"+
		"Reports are played by invocations, each kind for itself: those that the mail service would make of these mails, and some more.\n",
		decimals(ms(percentile(relayed, 50)), 2))
	if !d.plan.Resend {
		text.WriteString("Resend is measured as refused alone: the cooldown of a minute was not waited for.\n")
	}
	text.WriteString("\n" + d.deliveries())
	text.WriteString("\nFrom the answer of the request until the mail's arrival at the mail service; the stack looks into the stream each 100 ms.\n")
	text.WriteString("\n" + d.functions())
	text.WriteString("\nInit: from the start of the process until it asks for an event, median of instances started one after the other. RSS: of one\n" +
		"instance; idle before its first event, peak the most of any instance.\n")
	if len(d.likenesses) > 0 {
		text.WriteString("\n" + d.likes() + whatIsAlike)
		text.WriteString("\n" + d.reported() + "\nWhat feedback does for each of these mails: one report that it was sent, one that it was delivered.\n")
	}
	fmt.Fprintf(&text, "\nReady after %s s, of which %s s to build the functions and start the database; measured for %s s%s.\n",
		decimals(d.stack.Ready.Seconds(), 1), decimals(d.stack.Built.Seconds(), 1), decimals(took.Seconds(), 0), used)
	_, err := io.WriteString(out, text.String())
	return err
}

func (d *driver) operations() string {
	rows := [][]string{{"operation", "clients", "n", "ops/s", "p50 ms", "p99 ms", "errors", "CPU ms", "round trips", "README", "of these"}}
	sorted := slices.Clone(d.results)
	place := map[string]int{} // operations in the order in which they first came
	for _, r := range sorted {
		if _, known := place[r.operation.name]; !known {
			place[r.operation.name] = len(place)
		}
	}
	slices.SortStableFunc(sorted, func(a, b *result) int { return place[a.operation.name] - place[b.operation.name] })
	for _, r := range sorted {
		n := len(r.took)
		promised := fmt.Sprint(r.operation.trips)
		if !r.asPromised() {
			promised += ": DIFFERS"
		}
		rows = append(rows, []string{
			r.operation.name, fmt.Sprint(r.clients), fmt.Sprint(n), decimals(float64(n)/r.wall.Seconds(), 0),
			decimals(ms(percentile(r.took, 50)), 1), decimals(ms(percentile(r.took, 99)), 1), fmt.Sprint(r.wrong),
			perRequest(r.cpu, r.cpuKnown, n), each(r.trips(), n), promised, r.counts.names(r.operation.function, n),
		})
	}
	return table(rows)
}

func (d *driver) deliveries() string {
	rows := [][]string{{"mail after", "clients", "n", "p50 ms", "p99 ms", "mail service", "round trips", "README", "of these", "CPU ms"}}
	for _, m := range d.mails {
		n, p50, p99, promised := m.n, "-", "-", fmt.Sprint(m.cause.mailed)
		if len(m.delays) > 0 {
			p50, p99 = decimals(ms(percentile(m.delays, 50)), 0), decimals(ms(percentile(m.delays, 99)), 0)
		}
		if !m.asPromised() {
			promised += ": DIFFERS"
		}
		rows = append(rows, []string{
			m.cause.name, fmt.Sprint(m.clients), fmt.Sprint(n), p50, p99,
			each(m.counts.of(sender, Mail), n), each(m.trips(), n), promised, m.counts.names(sender, n), perRequest(m.cpu, m.cpuKnown, n),
		})
	}
	return table(rows)
}

func (d *driver) functions() string {
	rows := [][]string{{"function", "binary MB", "init ms", "first call ms", "RSS idle MiB", "RSS peak MiB", "instances", "calls", "errors"}}
	for _, f := range d.stack.Functions() {
		starts, first, idle, peak := "-", "-", "-", "-"
		if inits := d.inits[f.Name]; len(inits) > 0 {
			starts = decimals(ms(percentile(inits, 50)), 0)
		}
		if f.FirstMS >= 0 {
			first = decimals(f.FirstMS, 1)
		}
		if size, known := d.idle[f.Name]; known {
			idle = mebibytes(size)
		}
		if size, known := memory(f.Processes, "VmHWM"); known {
			peak = mebibytes(size)
		}
		rows = append(rows, []string{
			f.Name, decimals(float64(f.Binary)/1e6, 1), starts, first, idle, peak, fmt.Sprint(len(f.Processes)), fmt.Sprint(f.Calls), fmt.Sprint(f.Errors),
		})
	}
	return table(rows)
}

// reported tells how the mails were reported that the mail service reported itself.
func (d *driver) reported() string {
	rows := [][]string{{"reports of the mail after", "mails", "reports", "round trips", "README", "of these", "CPU ms"}}
	for _, l := range d.lives {
		promised := fmt.Sprint(l.cause.letter.noted())
		if !l.asPromised() {
			promised += ": DIFFERS"
		}
		rows = append(rows, []string{l.cause.name, fmt.Sprint(l.mails), each(l.reports, l.mails), each(l.noted(), l.mails), promised,
			l.counts.names(feedback, l.mails), perRequest(l.cpu, l.cpuKnown, l.mails)})
	}
	return table(rows)
}

const whatIsAlike = `
Bind and the status after it are asked by somebody whose address is free, or bound to somebody else; recovery by somebody who holds no
secret. One client; the order is drawn by lot, so that what mails and reports of one request leave to be done meets all kinds alike.
Beside: requests of other functions to services while an answer was on its way, on average. Same answer: status, header fields, body and
requests to the database are those for the first kind; of bind and the status but for times and the claim's own values, of the others
byte by byte. P: the chance that a random answer is slower than one for the first kind; 0.5 tells nothing, 0.45 to 0.55 is expected.
`

func (d *driver) likes() string {
	rows := [][]string{{"request", "address", "n", "p10 ms", "p50 ms", "p90 ms", "beside", "same answer", "P"}}
	for _, l := range d.likenesses {
		same := "yes"
		if l.unlike != "" {
			same = "NO"
		}
		for kind, took := range l.took {
			p := ""
			if kind > 0 {
				p = decimals(slower(took, l.took[0]), 3)
			}
			rows = append(rows, []string{l.name, l.kinds[kind], fmt.Sprint(len(took)), decimals(ms(percentile(took, 10)), 2),
				decimals(ms(percentile(took, 50)), 2), decimals(ms(percentile(took, 90)), 2),
				decimals(float64(l.beside[kind])/float64(max(1, len(took))), 2), same, p})
		}
	}
	return table(rows)
}

// table is a Markdown table with aligned columns; the first row is its head. Columns that begin with a digit are set to the right.
func table(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	var text strings.Builder
	for at, row := range rows {
		for i, cell := range row {
			if gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)); i > 0 && numbers(rows, i) {
				cell = gap + cell
			} else {
				cell += gap
			}
			text.WriteString("| " + cell + " ")
		}
		text.WriteString("|\n")
		if at > 0 {
			continue
		}
		for i, width := range widths {
			rule := strings.Repeat("-", width+2)
			if i > 0 && numbers(rows, i) {
				rule = rule[1:] + ":"
			}
			text.WriteString("|" + rule)
		}
		text.WriteString("|\n")
	}
	return text.String()
}

// numbers says whether a column holds numbers (or "-", for one that is not known).
func numbers(rows [][]string, column int) bool {
	for _, row := range rows[1:] {
		if cell := row[column]; cell != "" && cell != "-" && (strings.Trim(cell, "0123456789.-") != "") {
			return false
		}
	}
	return true
}

func decimals(value float64, places int) string { return fmt.Sprintf("%.*f", places, value) }

func mebibytes(size int64) string { return decimals(float64(size)/(1<<20), 0) }

func perRequest(used time.Duration, known bool, n int) string {
	if !known || n == 0 {
		return "-"
	}
	return decimals(ms(used)/float64(n), 2)
}

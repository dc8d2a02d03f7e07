package load

import (
	"fmt"
	"strconv"
	"strings"
)

// Plan says how much is asked.
type Plan struct {
	Rounds []Round
	Pairs  int  // of requests for the question whether an answer tells one kind of address from another
	Resend bool // wait until the cooldown of the first mails (a minute) is over, and send them again
}

// Round is each operation N times by so many clients at once; bind four times as often, as each way to end a claim needs claims of
// its own.
type Round struct{ Clients, N int }

// Default takes about two minutes on two processors.
const Default = "1x200,8x300"

// mostAccounts keeps a mistyped plan from running for hours.
const mostAccounts = 100_000

// ParseRounds reads CLIENTSxREQUESTS, several joined by commas.
func ParseRounds(text string) ([]Round, error) {
	var rounds []Round
	accounts := 0
	for part := range strings.SplitSeq(text, ",") {
		clients, requests, _ := strings.Cut(part, "x")
		c, err1 := strconv.Atoi(clients)
		n, err2 := strconv.Atoi(requests)
		if err1 != nil || err2 != nil || c < 1 || c > 32 || n < 1 {
			return nil, fmt.Errorf("%q is not CLIENTSxREQUESTS, such as 8x1000, with 1 to 32 clients", part)
		}
		if accounts += groups * min(n, mostAccounts); accounts > mostAccounts {
			return nil, fmt.Errorf("%q needs more than %d accounts", text, mostAccounts)
		}
		rounds = append(rounds, Round{Clients: c, N: n})
	}
	return rounds, nil
}

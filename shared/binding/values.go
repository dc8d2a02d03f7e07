package binding

import "time"

// The named values of the rules. Each is used by the use cases, by the store's conditions and by
// storetest.Memory under this one name; what an operator may want otherwise is a template parameter
// instead (Service.RecentLogin).
const (
	// ChallengeLife is how long the code of a verify or confirmation mail works, and a verify mail's link (NIST SP 800-63B-4 section 4.2.1
	// allows 24 hours for what is sent by email).
	ChallengeLife = 24 * time.Hour
	// CooldownSame is the wait between two mails for one address, CooldownOther that before a claim on
	// another address: who mistyped should not have to wait.
	CooldownSame  = 60 * time.Second
	CooldownOther = 10 * time.Second
	// SendsPerDay is how many verify and confirmation mails one account may ask for in a UTC day.
	SendsPerDay = 5
	// TriesPerCode wrong codes spend a code; the next mail carries a new one. TriesPerDay is never
	// refilled (NIST SP 800-63B-4 section 3.2.2: at most 100, and a new secret resets nothing).
	TriesPerCode = 5
	TriesPerDay  = 20
	// LinkTries wrong check numbers close the link for who has no session; code and app go on.
	LinkTries = 3
	// InboxPerDay verify mails and notices reach one mailbox in a UTC day, InboxPerAccount of them
	// asked for by one account.
	InboxPerDay     = 10
	InboxPerAccount = 3
	// DeniedFor is how long "not me" keeps an account away from an address; UndoFor how long whoever
	// pressed it may take it back; DenyGrace how long past its end a link still says "not me".
	DeniedFor = 30 * 24 * time.Hour
	UndoFor   = 24 * time.Hour
	DenyGrace = 30 * 24 * time.Hour
	// GoneTwice is how far apart two reports that a bound mailbox does not exist must lie, with no delivery
	// between, to call it broken: one alone may be a mistake of a morning at its provider.
	GoneTwice = 24 * time.Hour
	// ReviewAfter is how long after the last proof a status suggests to confirm the mailbox. No mail does.
	ReviewAfter = 365 * 24 * time.Hour
	// LateAfter is when a mail that is still due is called late and may be asked for again uncharged.
	LateAfter = 15 * time.Minute
	// RowLife is how long an unbound account's row is kept after its last change: longer than every
	// denial and counter in it.
	RowLife = 40 * 24 * time.Hour
	// InboxLife keeps an inbox's counter past its UTC day.
	InboxLife = 3 * 24 * time.Hour
	// maxLabelRunes and maxLabelBytes bound the account's label in mails, links and pages.
	maxLabelRunes = 16
	maxLabelBytes = 48
)

// Day numbers UTC days. Daily counters carry it in their attribute's name, so they need no reset.
func Day(t time.Time) int64 { return t.Unix() / 86400 }

// untilTomorrow is how long a daily cap lasts from now.
func untilTomorrow(now time.Time) time.Duration {
	return time.Unix((Day(now)+1)*86400, 0).Sub(now)
}

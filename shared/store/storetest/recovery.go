package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/recovery"
	"mailbind/shared/token"
)

// RecoveryStore is all of recovery's steps, and binding's, which bind the accounts that recovery is about.
type RecoveryStore interface {
	binding.Store
	recovery.Store
	recovery.Outbox
	recovery.PlatformStore
}

// A RecoverySubject is a store under recovery's contract.
type RecoverySubject struct {
	RecoveryStore
	// Doubt plays what reports of the provider lead to: the bound account's row holds that risk.
	Doubt func(t *testing.T, k binding.AccountKey, r binding.Risk)
}

// RunRecovery holds a store to every promise of recovery's interfaces, as Run does to those of binding. Times
// start from noon of tomorrow: rows of limits live for two hours, and real tables collect by the clock.
func RunRecovery(t *testing.T, s RecoverySubject) {
	for _, part := range recoveryParts {
		t.Run(part.name, func(t *testing.T) {
			now := time.Unix((binding.Day(time.Now())+1)*86400+43200, 0).UTC()
			w := &world{Subject: Subject{Store: s.RecoveryStore}, t: t, ctx: context.Background(), now: now}
			part.test(t, &recoveries{RecoverySubject: s, world: w})
		})
	}
}

var recoveryParts = []struct {
	name string
	test func(*testing.T, *recoveries)
}{
	{"BellMakesAMailDue", bell},
	{"BellIsDeafWhileAMailIsDue", bellDue},
	{"BellIsDeafUntilTheNextMayBeSent", bellSpaced},
	{"CallersAreCountedByMinuteAndHour", callers},
	{"GuessIsChargedFiveTimesAndTwentyADay", guesses},
	{"GuessIsChargedOfALivingUnusedChallenge", guessRefuses},
	{"AGuessIsGivenBackOnce", guessGivenBack},
	{"AChallengeIsPresentedThreeTimes", presented},
	{"AChallengeIsPresentedTenMinutesPastItsEnd", presentedLate},
	{"ThePreviousChallengeGoesOnForTenMinutes", presentedPrevious},
	{"APresentationIsGivenBackOnce", presentedGivenBack},
	{"GuessesAndPresentationsAreGivenBackApart", givenBackApart},
	{"ChangeWritesAllThreeRows", changeWrites},
	{"ChangeNeedsAChallengeThatTheRowTakes", changeChallenge},
	{"ChangeNeedsALowerVersion", changeCredential},
	{"ChangeNeedsItsOwnerUnpaused", changeAccount},
	{"ChangeTellsEveryFalsePart", changeAll},
	{"OneOfManyChangesWins", changeRace},
	{"RedeemUsesAChallengeUp", redeem},
	{"RedeemKeepsItsConditions", redeemRefuses},
	{"PutKeepsItsConditions", put},
	{"PutTellsABoundAccount", putBound},
	{"PutEndsWhatWasMailed", putEnds},
	{"PutEndsNothingIfItIsRefused", putEndsNothing},
	{"AfterAPutTheNextMailOpensAChallenge", putRenewed},
	{"VoidEndsWhatWasMailed", void},
	{"TheBellIsHeardAfterTheEnd", bellAfterTheEnd},
	{"TouchTeachesTheSamePassword", touch},
	{"HoldPausesABoundAccount", hold},
	{"AMeterHoldsItsBurstAndGainsOne", meter},
	{"AMeterTellsHowLongToWait", meterWait},
	{"ARefillFillsNoMoreThanFull", refill},
	{"OneMeterServesMany", meterRace},
	{"RecallShowsTheRowAndTheHolder", recall},
	{"RenewOpensAChallenge", renew},
	{"RenewKeepsItsConditions", renewRefuses},
	{"ExtendGoesOnWithTheChallenge", extend},
	{"ExtendKeepsItsConditions", extendRefuses},
	{"SettleEndsOnlyItsOwnOrder", settle},
	{"OnlyTheBellAndPutMakeARow", ghosts},
	{"RecoveryChangesNoBinding", recoveryPermanent},
}

// recoveries is a world of people who want back in.
type recoveries struct {
	RecoverySubject
	*world
}

// row gives an address's row as it is.
func (w *recoveries) row(ek address.EmailKey) recovery.Challenge {
	w.t.Helper()
	c, _, err := w.Recall(w.ctx, ek, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *recoveries) credential(k binding.AccountKey) recovery.Credential {
	w.t.Helper()
	c, err := w.Credential(w.ctx, k)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// ok wants a step that gives no row to be done.
func (w *recoveries) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// done wants a step done, and gives its row.
func (w *recoveries) done(c recovery.Challenge, err error) recovery.Challenge {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// no wants a step refused, and gives the row that refused it.
func (w *recoveries) no(what string, err error) recovery.Challenge {
	w.t.Helper()
	r, ok := errors.AsType[*recovery.Refused](err)
	if !ok {
		w.t.Fatalf("%s: %v, want a refusal", what, err)
	}
	return r.Old
}

// rung rings the bell of an address, which must hear it.
func (w *recoveries) rung(ek address.EmailKey) recovery.Bell {
	w.t.Helper()
	b := recovery.Bell{EmailKey: ek, Send: id(), Now: w.now}
	w.ok(w.Ring(w.ctx, b))
	if c := w.row(ek); c.Due != b.Send {
		w.t.Fatalf("the bell was not heard: due %x, want %x", c.Due, b.Send)
	}
	return b
}

func (w *recoveries) opening(b recovery.Bell, owner binding.AccountKey) recovery.Opening {
	return recovery.Opening{
		EmailKey: b.EmailKey, Send: b.Send, Challenge: id(), Key: token.KeyID{1, 2, 3, 4}, Owner: owner,
		Expires: w.now.Add(recovery.MailLife), Event: fmt.Sprintf("recovery.started/%x", b.Send), Now: w.now,
	}
}

// opened is an address with a new challenge, its mail still due.
func (w *recoveries) opened(ek address.EmailKey, owner binding.AccountKey) recovery.Opening {
	w.t.Helper()
	o := w.opening(w.rung(ek), owner)
	w.done(w.Renew(w.ctx, o))
	return o
}

// settled ends the mail that is due; the next may be asked for after that long.
func (w *recoveries) settled(o recovery.Opening, next time.Duration) {
	w.t.Helper()
	w.ok(w.Settle(w.ctx, recovery.Settlement{EmailKey: o.EmailKey, Send: o.Send, Booked: true, Rung: 1, ResendAt: w.now.Add(next), Now: w.now}))
}

// askedAgain is the address when that challenge's mail is out and the next is due.
func (w *recoveries) askedAgain(o recovery.Opening) recovery.Bell {
	w.t.Helper()
	w.settled(o, time.Minute)
	w.now = w.now.Add(time.Minute)
	return w.rung(o.EmailKey)
}

// ended is a row whose challenge, and whose mail that was due, ended now.
func (w *recoveries) ended(c recovery.Challenge) recovery.Challenge {
	c.UsedAt, c.UsedBy, c.Due, c.ResendAt = w.now, [16]byte{}, binding.SendID{}, time.Time{}
	return c
}

// replaced is the address with a newer challenge than that one, which goes on or ends.
func (w *recoveries) replaced(o recovery.Opening, goesOn bool) recovery.Opening {
	w.t.Helper()
	w.settled(o, 0)
	n := w.opening(w.rung(o.EmailKey), o.Owner)
	n.Seen = o.Challenge
	if goesOn {
		n.Previous = o.Challenge
	}
	w.done(w.Renew(w.ctx, n))
	return n
}

// forgotten is a bound account with a password from an hour ago, and a challenge to set a new one.
func (w *recoveries) forgotten() recovery.Opening {
	w.t.Helper()
	b := w.boundTo()
	w.ok(w.Put(w.ctx, w.password(b.Account, w.now.Add(-time.Hour))))
	return w.opened(b.EmailKey, b.Account)
}

// password is one that the platform sets.
func (w *recoveries) password(k binding.AccountKey, at time.Time) recovery.Put {
	return recovery.Put{Account: k, Hash: hash(), Version: at.UnixMilli(), Send: id(), Changed: "credential.changed/put", Request: fmt.Sprintf("%x", id()), Now: at}
}

func (w *recoveries) guess(ek address.EmailKey, op string) recovery.Try {
	return recovery.Try{EmailKey: ek, Op: op, Now: w.now}
}

func (w *recoveries) presentation(o recovery.Opening, op string) recovery.Try {
	return recovery.Try{EmailKey: o.EmailKey, Challenge: o.Challenge, Op: op, Now: w.now}
}

func (w *recoveries) change(o recovery.Opening) recovery.Change {
	return recovery.Change{
		EmailKey: o.EmailKey, Challenge: o.Challenge, Account: o.Owner, Hash: hash(), Version: w.now.UnixMilli(), Send: id(),
		Finished: "recovery.finished/r1", Changed: "credential.changed/r1", Request: fmt.Sprintf("%x", id()), Now: w.now,
	}
}

// held pauses recovery of a bound account.
func (w *recoveries) held(k binding.AccountKey, until time.Time) {
	w.t.Helper()
	if ok, err := w.Hold(w.ctx, k, until); !ok || err != nil {
		w.t.Fatalf("hold until %v: %v, %v", until, ok, err)
	}
}

func (w *recoveries) redemption(o recovery.Opening) recovery.Redemption {
	return recovery.Redemption{EmailKey: o.EmailKey, Challenge: o.Challenge, Account: o.Owner, Key: id(), Event: "recovery.finished/r1", Now: w.now}
}

// told is a password that the platform sets for a bound account.
func (w *recoveries) told(o recovery.Opening, at time.Time) recovery.Put {
	p := w.password(o.Owner, at)
	p.Bound, p.EmailKey = true, o.EmailKey
	return p
}

func (w *recoveries) changeRefused(what string, err error) *recovery.ChangeRefused {
	w.t.Helper()
	r, ok := errors.AsType[*recovery.ChangeRefused](err)
	if !ok {
		w.t.Fatalf("%s: %v, want a refusal", what, err)
	}
	return r
}

// hash stands for a PHC string; a store takes it as it comes.
func hash() string { return fmt.Sprintf("$argon2id$%x", id()) }

package storetest

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"mailbind/shared/binding"
	"mailbind/shared/recovery"
)

// brokenRecovery lists stores that break one rule of recovery, and the part of the contract that must say so.
var brokenRecovery = []struct {
	name, part string
	of         func(*Memory) RecoveryStore
}{
	{"rings for a while", "BellMakesAMailDue", func(m *Memory) RecoveryStore { return ringsForAWhile{m} }},
	{"rings while a mail is due", "BellIsDeafWhileAMailIsDue", func(m *Memory) RecoveryStore { return ringsAgain{m} }},
	{"is deaf for ever", "BellIsDeafWhileAMailIsDue", func(m *Memory) RecoveryStore { return deafForEver{m} }},
	{"rings without spacing", "BellIsDeafUntilTheNextMayBeSent", func(m *Memory) RecoveryStore { return ringsAtOnce{m} }},
	{"counts no hours", "CallersAreCountedByMinuteAndHour", func(m *Memory) RecoveryStore { return countsNoHours{m} }},
	{"counts no minutes", "CallersAreCountedByMinuteAndHour", func(m *Memory) RecoveryStore { return countsNoMinutes{m} }},
	{"charges no guesses", "GuessIsChargedFiveTimesAndTwentyADay", func(m *Memory) RecoveryStore { return freeGuesses{m} }},
	{"refills the day", "GuessIsChargedFiveTimesAndTwentyADay", func(m *Memory) RecoveryStore { return refillsTheDay{m} }},
	{"charges no guesses", "OneOfManyChangesWins", func(m *Memory) RecoveryStore { return freeGuesses{m} }},
	{"takes guesses of used challenges", "GuessIsChargedOfALivingUnusedChallenge", func(m *Memory) RecoveryStore { return guessesUsed{m} }},
	{"takes guesses for ever", "GuessIsChargedOfALivingUnusedChallenge", func(m *Memory) RecoveryStore { return guessesOver{m} }},
	{"charges a call twice", "GuessIsChargedOfALivingUnusedChallenge", func(m *Memory) RecoveryStore { return forgetsTheGuess{m} }},
	{"gives guesses back twice", "AGuessIsGivenBackOnce", func(m *Memory) RecoveryStore { return givesGuessesTwice{m} }},
	{"takes presentations for ever", "AChallengeIsPresentedThreeTimes", func(m *Memory) RecoveryStore { return freePresentations{m} }},
	{"takes none of a used challenge", "AChallengeIsPresentedThreeTimes", func(m *Memory) RecoveryStore { return presentsUnused{m} }},
	{"presents until the end", "AChallengeIsPresentedTenMinutesPastItsEnd", func(m *Memory) RecoveryStore { return presentsAlive{m} }},
	{"presents past the end", "AChallengeIsPresentedTenMinutesPastItsEnd", func(m *Memory) RecoveryStore { return presentsOver{m} }},
	{"takes the previous for ever", "ThePreviousChallengeGoesOnForTenMinutes", func(m *Memory) RecoveryStore { return presentsPrevious{m} }},
	{"takes no previous", "ThePreviousChallengeGoesOnForTenMinutes", func(m *Memory) RecoveryStore { return presentsNewest{m} }},
	{"gives presentations back twice", "APresentationIsGivenBackOnce", func(m *Memory) RecoveryStore { return givesPresentationsTwice{m} }},
	{"counts a call twice", "AChallengeIsPresentedThreeTimes", func(m *Memory) RecoveryStore { return forgetsThePresentation{m} }},
	{"has one op", "GuessesAndPresentationsAreGivenBackApart", func(m *Memory) RecoveryStore { return oneOp{m} }},
	{"has one op, a presentation's", "GuessesAndPresentationsAreGivenBackApart", func(m *Memory) RecoveryStore { return onePresentOp{m} }},
	{"changes in silence", "ChangeWritesAllThreeRows", func(m *Memory) RecoveryStore { return changesInSilence{m} }},
	{"forgets the clients", "ChangeWritesAllThreeRows", func(m *Memory) RecoveryStore { return forgetsClients{m} }},
	{"forgets the clients", "PutTellsABoundAccount", func(m *Memory) RecoveryStore { return forgetsClients{m} }},
	{"leaves the mail due", "ChangeWritesAllThreeRows", func(m *Memory) RecoveryStore { return leavesDue{m} }},
	{"changes by a used challenge", "ChangeNeedsAChallengeThatTheRowTakes", func(m *Memory) RecoveryStore { return changesUsed{m} }},
	{"changes by one that is over", "ChangeNeedsAChallengeThatTheRowTakes", func(m *Memory) RecoveryStore { return changesOver{m} }},
	{"changes by any challenge", "ChangeNeedsAChallengeThatTheRowTakes", func(m *Memory) RecoveryStore { return changesAny{m} }},
	{"changes by halves", "ChangeNeedsAChallengeThatTheRowTakes", func(m *Memory) RecoveryStore { return changesByHalves{m} }},
	{"changes to the same version", "ChangeNeedsALowerVersion", func(m *Memory) RecoveryStore { return changesBack{m} }},
	{"gives first passwords", "ChangeNeedsALowerVersion", func(m *Memory) RecoveryStore { return givesFirst{m} }},
	{"changes by halves", "ChangeNeedsItsOwnerUnpaused", func(m *Memory) RecoveryStore { return changesByHalves{m} }},
	{"changes what is held", "ChangeNeedsItsOwnerUnpaused", func(m *Memory) RecoveryStore { return changesHeld{m} }},
	{"changes with a broken mailbox", "ChangeNeedsItsOwnerUnpaused", func(m *Memory) RecoveryStore { return changesRisky{m, binding.Broken} }},
	{"changes with another's mailbox", "ChangeNeedsItsOwnerUnpaused", func(m *Memory) RecoveryStore { return changesRisky{m, binding.OwnerChanged} }},
	{"changes with a disowned mailbox", "ChangeNeedsItsOwnerUnpaused", func(m *Memory) RecoveryStore { return changesRisky{m, binding.Disowned} }},
	{"changes by another address", "ChangeNeedsItsOwnerUnpaused", func(m *Memory) RecoveryStore { return changesElsewhere{m} }},
	{"changes what is not bound", "ChangeNeedsItsOwnerUnpaused", func(m *Memory) RecoveryStore { return changesPending{m} }},
	{"tells one part alone", "ChangeTellsEveryFalsePart", func(m *Memory) RecoveryStore { return tellsOne{m} }},
	{"looks first and changes later", "OneOfManyChangesWins", func(m *Memory) RecoveryStore { return changesInTurn{m} }},
	{"redeems twice", "RedeemUsesAChallengeUp", func(m *Memory) RecoveryStore { return redeemsTwice{m} }},
	{"redeems for anybody", "RedeemKeepsItsConditions", func(m *Memory) RecoveryStore { return redeemsForAny{m} }},
	{"redeems what is over", "RedeemKeepsItsConditions", func(m *Memory) RecoveryStore { return redeemsOver{m} }},
	{"puts over any version", "PutKeepsItsConditions", func(m *Memory) RecoveryStore { return putsOverAny{m} }},
	{"puts the same version", "PutKeepsItsConditions", func(m *Memory) RecoveryStore { return putsBack{m} }},
	{"puts in silence", "PutTellsABoundAccount", func(m *Memory) RecoveryStore { return putsInSilence{m} }},
	{"puts and ends nothing", "PutEndsWhatWasMailed", func(m *Memory) RecoveryStore { return forgetsAtPut{m, staysAlive} }},
	{"puts and leaves the mail due", "PutEndsWhatWasMailed", func(m *Memory) RecoveryStore { return forgetsAtPut{m, staysDue} }},
	{"puts and stays deaf", "PutEndsWhatWasMailed", func(m *Memory) RecoveryStore { return forgetsAtPut{m, staysDeaf} }},
	{"puts into an old life", "PutEndsWhatWasMailed", func(m *Memory) RecoveryStore { return forgetsAtPut{m, keepsItsLife} }},
	{"puts and keeps no row", "PutEndsWhatWasMailed", func(m *Memory) RecoveryStore { return putsNoRow{m} }},
	{"puts for ever", "PutEndsWhatWasMailed", func(m *Memory) RecoveryStore { return putsForEver{m} }},
	{"ends what was mailed anyway", "PutEndsNothingIfItIsRefused", func(m *Memory) RecoveryStore { return putsAndEndsAnyway{m} }},
	{"puts and ends nothing", "AfterAPutTheNextMailOpensAChallenge", func(m *Memory) RecoveryStore { return forgetsAtPut{m, staysAlive} }},
	{"puts a challenge", "AfterAPutTheNextMailOpensAChallenge", func(m *Memory) RecoveryStore { return putsInto{m} }},
	{"renews what is alive alone", "AfterAPutTheNextMailOpensAChallenge", func(m *Memory) RecoveryStore { return renewsAlive{m} }},
	{"extends used challenges", "AfterAPutTheNextMailOpensAChallenge", func(m *Memory) RecoveryStore { return extendsUsed{m} }},
	{"voids nothing", "VoidEndsWhatWasMailed", func(m *Memory) RecoveryStore { return forgetsAtVoid{m, staysAlive} }},
	{"voids what it gives again", "VoidEndsWhatWasMailed", func(m *Memory) RecoveryStore { return forgetsAtVoid{m, staysRedeemed} }},
	{"voids and leaves the mail due", "VoidEndsWhatWasMailed", func(m *Memory) RecoveryStore { return forgetsAtVoid{m, staysDue} }},
	{"voids and stays deaf", "VoidEndsWhatWasMailed", func(m *Memory) RecoveryStore { return forgetsAtVoid{m, staysDeaf} }},
	{"voids into being", "VoidEndsWhatWasMailed", func(m *Memory) RecoveryStore { return voidsGhosts{m} }},
	{"voids what is not used", "VoidEndsWhatWasMailed", func(m *Memory) RecoveryStore { return voidsOnce{m} }},
	{"changes and stays deaf", "TheBellIsHeardAfterTheEnd", func(m *Memory) RecoveryStore { return forgetsAtChange{m, staysDeaf} }},
	{"redeems and stays deaf", "TheBellIsHeardAfterTheEnd", func(m *Memory) RecoveryStore { return forgetsAtRedeem{m, staysDeaf} }},
	{"puts and stays deaf", "TheBellIsHeardAfterTheEnd", func(m *Memory) RecoveryStore { return forgetsAtPut{m, staysDeaf} }},
	{"voids and stays deaf", "TheBellIsHeardAfterTheEnd", func(m *Memory) RecoveryStore { return forgetsAtVoid{m, staysDeaf} }},
	{"redeems and leaves the mail due", "TheBellIsHeardAfterTheEnd", func(m *Memory) RecoveryStore { return forgetsAtRedeem{m, staysDue} }},
	{"changes and stays deaf", "ChangeWritesAllThreeRows", func(m *Memory) RecoveryStore { return forgetsAtChange{m, staysDeaf} }},
	{"redeems and stays deaf", "RedeemUsesAChallengeUp", func(m *Memory) RecoveryStore { return forgetsAtRedeem{m, staysDeaf} }},
	{"redeems and leaves the mail due", "RedeemUsesAChallengeUp", func(m *Memory) RecoveryStore { return forgetsAtRedeem{m, staysDue} }},
	{"teaches another password", "TouchTeachesTheSamePassword", func(m *Memory) RecoveryStore { return touchesAny{m} }},
	{"teaches another version", "TouchTeachesTheSamePassword", func(m *Memory) RecoveryStore { return touchesLater{m} }},
	{"holds anybody", "HoldPausesABoundAccount", func(m *Memory) RecoveryStore { return holdsAny{m} }},
	{"holds for ever", "HoldPausesABoundAccount", func(m *Memory) RecoveryStore { return holdsForEver{m} }},
	{"holds one more", "AMeterHoldsItsBurstAndGainsOne", func(m *Memory) RecoveryStore { return holdsOneMore{m} }},
	{"gains too fast", "AMeterHoldsItsBurstAndGainsOne", func(m *Memory) RecoveryStore { return gainsFast{m} }},
	{"tells a second less", "AMeterTellsHowLongToWait", func(m *Memory) RecoveryStore { return waits{m, -time.Second} }},
	{"tells a second more", "AMeterTellsHowLongToWait", func(m *Memory) RecoveryStore { return waits{m, time.Second} }},
	{"refills all at once", "ARefillFillsNoMoreThanFull", func(m *Memory) RecoveryStore { return refillsAll{m} }},
	{"refills over full", "ARefillFillsNoMoreThanFull", func(m *Memory) RecoveryStore { return overfills{m} }},
	{"looks first and spends later", "OneMeterServesMany", func(m *Memory) RecoveryStore { return spendsInTurn{m} }},
	{"sees no holder of an address", "RecallShowsTheRowAndTheHolder", func(m *Memory) RecoveryStore { return recallsNobody{m} }},
	{"renews and keeps the tries", "RenewOpensAChallenge", func(m *Memory) RecoveryStore { return keepsTheTries{m} }},
	{"renews and keeps the use", "RenewOpensAChallenge", func(m *Memory) RecoveryStore { return keepsTheUse{m} }},
	{"renews and keeps the presentation", "RenewOpensAChallenge", func(m *Memory) RecoveryStore { return keepsThePresentation{m} }},
	{"renews whatever is there", "RenewKeepsItsConditions", func(m *Memory) RecoveryStore { return renewsAny{m} }},
	{"renews when nothing is due", "RenewKeepsItsConditions", func(m *Memory) RecoveryStore { return renewsUndue{m} }},
	{"mails a spent guess again", "ExtendGoesOnWithTheChallenge", func(m *Memory) RecoveryStore { return keepsTheGuess{m} }},
	{"keeps an old code's time", "RenewOpensAChallenge", func(m *Memory) RecoveryStore { return keepsTheCodesTime{m} }},
	{"keeps an old code's time", "ExtendGoesOnWithTheChallenge", func(m *Memory) RecoveryStore { return keepsTheCodesTime{m} }},
	{"makes an old code new", "ExtendGoesOnWithTheChallenge", func(m *Memory) RecoveryStore { return makesOldCodesNew{m} }},
	{"extends whatever code", "ExtendKeepsItsConditions", func(m *Memory) RecoveryStore { return extendsAny{m} }},
	{"extends used challenges", "ExtendKeepsItsConditions", func(m *Memory) RecoveryStore { return extendsUsed{m} }},
	{"settles any mail", "SettleEndsOnlyItsOwnOrder", func(m *Memory) RecoveryStore { return settlesAny{m} }},
	{"books what did not go out", "SettleEndsOnlyItsOwnOrder", func(m *Memory) RecoveryStore { return booksUnsent{m} }},
	{"settles into being", "OnlyTheBellAndPutMakeARow", func(m *Memory) RecoveryStore { return settlesGhosts{m} }},
	{"voids into being", "OnlyTheBellAndPutMakeARow", func(m *Memory) RecoveryStore { return voidsGhosts{m} }},
	{"puts for ever", "OnlyTheBellAndPutMakeARow", func(m *Memory) RecoveryStore { return putsForEver{m} }},
	{"puts and keeps no row", "OnlyTheBellAndPutMakeARow", func(m *Memory) RecoveryStore { return putsNoRow{m} }},
	{"touches into being", "OnlyTheBellAndPutMakeARow", func(m *Memory) RecoveryStore { return touchesGhosts{m} }},
	{"unbinds by a change", "RecoveryChangesNoBinding", func(m *Memory) RecoveryStore { return unbindsByChange{m} }},
	{"heals by a hold", "RecoveryChangesNoBinding", func(m *Memory) RecoveryStore { return provesByHold{m} }},
}

// TestRecoveryContractOnABrokenStore runs only in the processes that TestTheContractOfRecoveryCanFail starts.
func TestRecoveryContractOnABrokenStore(t *testing.T) {
	name := os.Getenv(brokenStoreName)
	for _, b := range brokenRecovery {
		if b.name == name {
			m := &Memory{}
			RunRecovery(t, RecoverySubject{RecoveryStore: b.of(m), Doubt: m.Doubt})
			return
		}
	}
	if name != "" {
		t.Fatalf("no broken store is named %q", name)
	}
}

// TestTheContractOfRecoveryCanFail, as TestTheContractCanFail.
func TestTheContractOfRecoveryCanFail(t *testing.T) {
	shown := map[string]bool{}
	for _, b := range brokenRecovery {
		shown[b.part] = true
		canFail(t, "TestRecoveryContractOnABrokenStore", b.name, b.part)
	}
	for _, p := range recoveryParts {
		if !shown[p.name] {
			t.Errorf("nothing shows that %s can fail", p.name)
		}
	}
}

// TestRecoveryWritersAreAll: what is held over every method that writes is held over one that is new.
func TestRecoveryWritersAreAll(t *testing.T) {
	m := &Memory{}
	w := &recoveries{RecoverySubject: RecoverySubject{RecoveryStore: m}, world: &world{Subject: Subject{Store: m}, t: t, ctx: t.Context(), now: time.Unix(1795348800, 0).UTC()}}
	called := map[string]bool{"Claim": true, "Credential": true, "Recall": true, "Owner": true} // these read
	for name := range w.recoveryWriters(recovery.Opening{}, w.account(), w.now) {
		method, _, _ := strings.Cut(name, " ")
		called[method] = true
	}
	for _, i := range []reflect.Type{reflect.TypeFor[recovery.Store](), reflect.TypeFor[recovery.Outbox](), reflect.TypeFor[recovery.PlatformStore]()} {
		for method := range i.Methods() {
			if !called[method.Name] {
				t.Errorf("recoveryWriters leaves out %s", method.Name)
			}
		}
	}
}

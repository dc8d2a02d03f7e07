package storetest

import (
	"context"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// brokenStoreName names, in the environment of a test process, the store that it runs the contract on.
const brokenStoreName = "MAILBIND_TEST_BROKEN_STORE"

// brokenStore is a store that breaks one rule, and the part of the contract that must say so.
type brokenStore struct {
	name, part string
	of         func(*Memory) BindingStore
}

// broken lists them.
var broken = slices.Concat(brokenReports, brokenConfirmations, brokenRequeues, []brokenStore{
	{"loses who", "OpenWritesTheWholeClaim", func(m *Memory) BindingStore { return losesWho{m} }},
	{"opens denied addresses", "OpenKeepsItsConditions", func(m *Memory) BindingStore { return opensDenied{m} }},
	{"opens without cooldown", "OpenKeepsItsConditions", func(m *Memory) BindingStore { return opensAtOnce{m} }},
	{"opens bound accounts", "OpenKeepsItsConditions", func(m *Memory) BindingStore { return opensBound{m} }},
	{"opens bound accounts", "NothingChangesABinding", func(m *Memory) BindingStore { return opensBound{m} }},
	{"refills by opening", "OpenSupersedesByAnotherAddress", func(m *Memory) BindingStore { return refillsByOpening{m} }},
	{"refills by opening", "OpenCountsByDay", func(m *Memory) BindingStore { return refillsByOpening{m} }},
	{"keeps the fate of the mail before", "OpenSupersedesByAnotherAddress", func(m *Memory) BindingStore { return keepsTheFate{m} }},
	{"orders what is due", "RequeueKeepsItsConditions", func(m *Memory) BindingStore { return requeuesTwice{m} }},
	{"orders to dead mailboxes", "RequeueKeepsItsConditions", func(m *Memory) BindingStore { return requeuesToTheDead{m} }},
	{"charges overdue mail", "RequeueOverdueIsUncharged", func(m *Memory) BindingStore { return chargesOverdue{m} }},
	{"refills by a new code", "RequeueRenewsASpentCode", func(m *Memory) BindingStore { return refillsByNewCode{m} }},
	{"mails the spent code again", "RequeueRenewsASpentCode", func(m *Memory) BindingStore { return keepsTheSpentCode{m} }},
	{"charges no numbers", "NumberIsChargedThreeTimes", func(m *Memory) BindingStore { return freeNumbers{m} }},
	{"charges no codes", "CodeIsChargedFiveTimesAndTwentyADay", func(m *Memory) BindingStore { return freeCodes{m} }},
	{"charges one call twice", "CodeIsChargedFiveTimesAndTwentyADay", func(m *Memory) BindingStore { return forgetsTheCall{m} }},
	{"gives back twice", "AChargeIsGivenBackOnce", func(m *Memory) BindingStore { return givesTwice{m} }},
	{"binds for a while", "BindPutsAllOrNothing", func(m *Memory) BindingStore { return bindsForAWhile{m} }},
	{"binds denied claims", "BindKeepsItsConditions", func(m *Memory) BindingStore { return bindsDenied{m} }},
	{"binds expired claims", "BindKeepsItsConditions", func(m *Memory) BindingStore { return bindsExpired{m} }},
	{"binds superseded claims", "BindKeepsItsConditions", func(m *Memory) BindingStore { return bindsSuperseded{m} }},
	{"binds by halves", "BindKeepsItsConditions", func(m *Memory) BindingStore { return bindsByHalves{m} }},
	{"binds what is in quarantine", "BindTakesReleasedAddressesOnly", func(m *Memory) BindingStore { return bindsQuarantined{m} }},
	{"looks first and writes later", "OneOwnerWinsARace", func(m *Memory) BindingStore { return bindsEachInTurn{m} }},
	{"charges no codes", "OneOwnerWinsARace", func(m *Memory) BindingStore { return freeCodes{m} }},
	{"denies with the mail due", "DenyEndsAnUnboundClaim", func(m *Memory) BindingStore { return deniesWithMailDue{m} }},
	{"denies what moved on", "DenyEndsAnUnboundClaim", func(m *Memory) BindingStore { return deniesWhatMovedOn{m} }},
	{"undoes for ever", "UndoIsForADay", func(m *Memory) BindingStore { return undoesForEver{m} }},
	{"disputes in silence", "DisputeMarksAndKeepsTheBinding", func(m *Memory) BindingStore { return disputesInSilence{m} }},
	{"unbinds what is disputed", "NothingChangesABinding", func(m *Memory) BindingStore { return unbinds{m} }},
	{"sees no holder", "LoadShowsWhoHoldsAnAddress", func(m *Memory) BindingStore { return seesNoHolder{m} }},
	{"books twice", "BookCountsASendOnce", func(m *Memory) BindingStore { return booksTwice{m} }},
	{"books without a share", "BookCountsASendOnce", func(m *Memory) BindingStore { return booksForOne{m} }},
	{"finishes any order", "FinishEndsOnlyItsOwnOrder", func(m *Memory) BindingStore { return finishesAny{m} }},
	{"finishes into being", "FinishEndsOnlyItsOwnOrder", func(m *Memory) BindingStore { return finishesGhosts{m} }},
	{"forgets renewed denials", "FinishForgetsOnlyEndedDenials", func(m *Memory) BindingStore { return forgetsRenewedDenials{m} }},
	{"chokes on many denials", "FinishEndsWhateverIsToForget", func(m *Memory) BindingStore { return chokesOnDenials{m} }},
	{"opens without cooldown", "OpenTakesWhatIsDeniedNoMore", func(m *Memory) BindingStore { return opensAtOnce{m} }},
	{"orders what is due", "RequeueOfASpentCodeKeepsItsConditions", func(m *Memory) BindingStore { return requeuesTwice{m} }},
	{"refills by requeueing", "RequeueCountsByDay", func(m *Memory) BindingStore { return refillsByRequeue{m} }},
	{"lives while a mail is due", "RequeueOverdueEndsWithTheClaim", func(m *Memory) BindingStore { return livesWhileDue{m} }},
	{"gives back tomorrow", "AChargeIsGivenBackInItsDay", func(m *Memory) BindingStore { return givesBackTomorrow{m} }},
	{"gives back what was renewed", "NothingIsGivenBackOfWhatWasRenewed", func(m *Memory) BindingStore { return givesBackRenewed{m} }},
	{"undoes any dispute", "DisputeIsAboutOneAddress", func(m *Memory) BindingStore { return undoesAnyDispute{m} }},
	{"finishes any order", "FinishJudgesOnlyItsOwnOrder", func(m *Memory) BindingStore { return finishesAny{m} }},
	{"leaves a life on bound rows", "OnlyUnboundRowsHaveALife", func(m *Memory) BindingStore { return leavesALife{m} }},
})

// TestContractOnABrokenStore runs only in the processes that TestTheContractCanFail starts.
func TestContractOnABrokenStore(t *testing.T) {
	name := os.Getenv(brokenStoreName)
	for _, b := range broken {
		if b.name == name {
			m := &Memory{}
			s := b.of(m)
			Run(t, Subject{Store: s, Outbox: s, Reports: s, Release: m.Release})
			return
		}
	}
	if name != "" {
		t.Fatalf("no broken store is named %q", name)
	}
}

// TestTheContractCanFail: a store that breaks a rule fails the part that holds the rule, and each part
// fails for some store.
func TestTheContractCanFail(t *testing.T) {
	shown := map[string]bool{}
	for _, b := range broken {
		shown[b.part] = true
		canFail(t, "TestContractOnABrokenStore", b.name, b.part)
	}
	for _, p := range parts {
		if !shown[p.name] {
			t.Errorf("nothing shows that %s can fail", p.name)
		}
	}
}

// canFail runs a part of a contract on a broken store in a process of its own, where it must fail.
func canFail(t *testing.T, contract, name, part string) {
	t.Run(name+"/"+part, func(t *testing.T) {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, self, "-test.run=^"+contract+"$/^"+part+"$", "-test.v")
		cmd.Env = append(os.Environ(), brokenStoreName+"="+name)
		out, err := cmd.CombinedOutput()
		if _, failed := err.(*exec.ExitError); !failed {
			t.Fatalf("the contract is kept: %v\n%s", err, out)
		}
		if !strings.Contains(string(out), "--- FAIL: "+contract+"/"+part+" ") || strings.Contains(string(out), "panic:") {
			t.Errorf("it failed otherwise:\n%s", out)
		}
	})
}

// TestWritersAreAll: permanence is held over every method that writes, also over one that is new.
func TestWritersAreAll(t *testing.T) {
	m := &Memory{}
	w := &world{Subject: Subject{Store: m, Outbox: m, Reports: m}, t: t, ctx: t.Context(), now: time.Unix(1795348800, 0).UTC()}
	called := map[string]bool{"Claim": true, "Load": true} // these read
	for name := range w.writers(w.claimed(), w.now) {
		method, _, _ := strings.Cut(name, " ")
		called[method] = true
	}
	for method := range reflect.TypeFor[BindingStore]().Methods() {
		if !called[method.Name] {
			t.Errorf("writers leaves out %s", method.Name)
		}
	}
}

package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"mailbind/shared/address"
	"mailbind/shared/binding"
	"mailbind/shared/token"
)

// BindingStore is all that package binding asks of a store.
type BindingStore interface {
	binding.Store
	binding.Outbox
	binding.Reports
}

// Reports is what binding.Reports has beside binding.Denials.
type Reports interface {
	Tell(ctx context.Context, n binding.News) error
	Observe(ctx context.Context, o binding.Observation) (binding.Claim, error)
	Judge(ctx context.Context, v binding.Verdict) error
}

// A Subject is a store under the contract.
type Subject struct {
	binding.Store
	binding.Outbox
	Reports
	// Release plays the operator's tool: both rows of a binding stand released at that time.
	Release func(t *testing.T, k binding.AccountKey, ek address.EmailKey, at time.Time)
	// Sparse: a row takes milliseconds. Reports are then told in all orders for the first history of each kind, and
	// in every eighth for the others.
	Sparse bool
}

// Run holds a store to every promise of binding's interfaces. Each part uses rows of its own, so the
// parts may share one set of tables. Times start from noon of today: real tables collect by the clock,
// and what a part does in minutes belongs into one UTC day.
func Run(t *testing.T, s Subject) {
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) {
			part.test(t, newWorld(t, s))
		})
	}
}

var parts = []struct {
	name string
	test func(*testing.T, *world)
}{
	{"OpenWritesTheWholeClaim", openWrites},
	{"OpenKeepsItsConditions", openRefuses},
	{"OpenSupersedesByAnotherAddress", openSupersedes},
	{"OpenCountsByDay", openDays},
	{"OpenTakesWhatIsDeniedNoMore", openAfterUndo},
	{"RequeueKeepsItsConditions", requeue},
	{"RequeueRenewsASpentCode", requeueNewCode},
	{"RequeueOfASpentCodeKeepsItsConditions", requeueNewCodeRefuses},
	{"RequeueCountsByDay", requeueDays},
	{"RequeueOverdueIsUncharged", requeueOverdue},
	{"RequeueOverdueEndsWithTheClaim", requeueOverdueRefuses},
	{"RequeueOverdueRenewsASpentCode", requeueOverdueNewCode},
	{"NumberIsChargedThreeTimes", numbers},
	{"CodeIsChargedFiveTimesAndTwentyADay", codes},
	{"AChargeIsGivenBackOnce", giveBack},
	{"AChargeIsGivenBackInItsDay", giveBackLate},
	{"NothingIsGivenBackOfWhatWasRenewed", giveBackRenewed},
	{"BindPutsAllOrNothing", bindOnce},
	{"BindKeepsItsConditions", bindRefuses},
	{"BindTakesReleasedAddressesOnly", bindReleased},
	{"OneOwnerWinsARace", race},
	{"DenyEndsAnUnboundClaim", deny},
	{"DenyTellsOfADenialOnceADay", denyOnce},
	{"WhatWasTakenBackSinceStays", takenBack},
	{"UndoIsForADay", undo},
	{"DisputeMarksAndKeepsTheBinding", dispute},
	{"DisputeIsAboutOneAddress", disputeElsewhere},
	{"DisputeOnlyMarksOnce", disputeOnly},
	{"UndoneDisputesLeaveWhatTheSignsGive", undoDispute},
	{"TellTakesWhatOutranks", tell},
	{"TellIsOfTheNewestSend", tellSend},
	{"ObserveAddsASign", observe},
	{"ObserveTakesOnlySoManySigns", observeMost},
	{"JudgeGoesByWhatItSaw", judge},
	{"JudgeDropsSigns", judgeDrops},
	{"ReconfirmOpensAConfirmation", reconfirmAfresh},
	{"ReconfirmSendsTheSameCode", reconfirmSame},
	{"ReconfirmRenewsASpentCode", reconfirmNewCode},
	{"ReconfirmOverdueIsUncharged", reconfirmOverdue},
	{"ReconfirmOverdueRenewsASpentCode", reconfirmOverdueNewCode},
	{"ReconfirmCountsByDay", reconfirmDays},
	{"ConfirmProvesAnew", confirm},
	{"ConfirmKeepsItsConditions", confirmRefuses},
	{"ConfirmSeesADoubtThatCameBetween", confirmDoubted},
	{"ACodeIsChargedOnABoundRow", codesOfTheBound},
	{"AnyOrderOfReportsOfAMailEndsTheSame", ordersOfAMail},
	{"AnyOrderOfSignsEndsTheSame", ordersOfSigns},
	{"ReportsUnderAnotherTagChangeNothing", strangers},
	{"LoadShowsWhoHoldsAnAddress", load},
	{"BookCountsASendOnce", book},
	{"FinishEndsOnlyItsOwnOrder", finish},
	{"FinishJudgesOnlyItsOwnOrder", finishVerdict},
	{"FinishForgetsOnlyEndedDenials", finishDenials},
	{"FinishEndsWhateverIsToForget", finishMany},
	{"NothingChangesABinding", permanent},
	{"OnlyUnboundRowsHaveALife", lives},
}

// world is a store with a clock and a few words to write tests in.
type world struct {
	Subject
	t   *testing.T
	ctx context.Context
	now time.Time
}

func newWorld(t *testing.T, s Subject) *world {
	return &world{Subject: s, t: t, ctx: context.Background(), now: time.Unix(binding.Day(time.Now())*86400+43200, 0).UTC()}
}

func id() (b [16]byte) {
	rand.Read(b[:])
	return b
}

func (w *world) account() binding.AccountKey { return id() }

// mailbox makes a new address and its key. Keys are random: a store takes them as they come.
func (w *world) mailbox() (address.Address, address.EmailKey) {
	w.t.Helper()
	k := id()
	a, err := address.Parse(fmt.Sprintf("m%x@example.com", k[:6]))
	if err != nil {
		w.t.Fatal(err)
	}
	return a, k
}

func (w *world) opening(k binding.AccountKey, a address.Address, ek address.EmailKey) binding.Opening {
	return binding.Opening{Account: k, Who: binding.Who{Issuer: "https://idp.example", Subject: "u-1", Label: "李记灯饰", Locale: "zh-CN"},
		Address: a, EmailKey: ek, Challenge: id(), Key: token.KeyID{1, 2, 3, 4}, Send: id(), Now: w.now}
}

// open opens a claim that must be taken.
func (w *world) open(k binding.AccountKey, a address.Address, ek address.EmailKey) binding.Opening {
	w.t.Helper()
	o := w.opening(k, a, ek)
	w.must(w.Open(w.ctx, o))
	return o
}

// claimed is an account with a new claim on a new address.
func (w *world) claimed() binding.Opening {
	w.t.Helper()
	a, ek := w.mailbox()
	return w.open(w.account(), a, ek)
}

func (w *world) binding(o binding.Opening) binding.Binding {
	return binding.Binding{Account: o.Account, Address: o.Address, EmailKey: o.EmailKey, Challenge: o.Challenge,
		Send: id(), Event: "binding.bound/r1", Request: fmt.Sprintf("%x", id()), Now: w.now}
}

// boundTo is an account bound to a new address.
func (w *world) boundTo() binding.Opening {
	w.t.Helper()
	o := w.claimed()
	if err := w.Bind(w.ctx, w.binding(o)); err != nil {
		w.t.Fatal(err)
	}
	return o
}

func (w *world) must(c binding.Claim, err error) binding.Claim {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// read gives the row as it is.
func (w *world) read(k binding.AccountKey) binding.Claim {
	w.t.Helper()
	return w.must(w.Claim(w.ctx, k, w.now))
}

// refused wants the step refused and gives the row that refused it.
func (w *world) refused(what string, err error) binding.Claim {
	w.t.Helper()
	r, ok := errors.AsType[*binding.Refused](err)
	if !ok {
		w.t.Fatalf("%s: %v, want a refusal", what, err)
	}
	return r.Old
}

func (w *world) try(o binding.Opening, op string) binding.Try {
	return binding.Try{Account: o.Account, Challenge: o.Challenge, Op: op, Now: w.now}
}

func (w *world) denial(o binding.Opening) binding.Denial {
	return binding.Denial{Account: o.Account, EmailKey: o.EmailKey, Challenge: o.Challenge, Event: "binding.denied/r1", Said: w.now, Now: w.now}
}

func (w *world) order(o binding.Opening) binding.Order {
	return binding.Order{Account: o.Account, EmailKey: o.EmailKey, Kind: binding.KindVerify, Send: o.Send}
}

// sent ends the mail that is due.
func (w *world) sent(o binding.Opening) {
	w.t.Helper()
	if err := w.Finish(w.ctx, binding.Finish{Order: w.order(o), Now: w.now}); err != nil {
		w.t.Fatal(err)
	}
}

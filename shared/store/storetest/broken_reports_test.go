package storetest

import (
	"time"

	"mailbind/shared/binding"
)

// brokenReports break one rule of what reports and denials come to.
var brokenReports = []brokenStore{
	{"tells of any send", "TellIsOfTheNewestSend", bent{tell: func(m *Memory, n *binding.News) func() {
		n.Send = m.peek(n.Account).Send
		return nil
	}}.on},
	{"tells of lower fates", "TellTakesWhatOutranks", tellsLower.on},
	{"tells of lower fates", "AnyOrderOfReportsOfAMailEndsTheSame", tellsLower.on},
	{"tells of earlier times", "TellTakesWhatOutranks", tellsEarlier.on},
	{"tells of earlier times", "AnyOrderOfReportsOfAMailEndsTheSame", tellsEarlier.on},
	{"tells of any reason", "TellTakesWhatOutranks", bent{tell: func(m *Memory, n *binding.News) func() {
		if r := m.peek(n.Account); r.Fate == n.Fate && sec(n.At).Equal(r.FateAt) {
			return show(m, n.Account, fateOf, becomes(binding.Queued))
		}
		return nil
	}}.on},
	{"tells a fate once", "TellTakesWhatOutranks", bent{tell: func(m *Memory, n *binding.News) func() {
		if m.peek(n.Account).Fate == n.Fate {
			return noSuch(&n.Account)
		}
		return nil
	}}.on},
	{"tells claims alone", "TellTakesWhatOutranks", bent{tell: func(m *Memory, n *binding.News) func() {
		if m.peek(n.Account).State != binding.Pending {
			return noSuch(&n.Account)
		}
		return nil
	}}.on},
	{"tells, and gives a life", "TellTakesWhatOutranks", bent{tell: func(m *Memory, n *binding.News) func() { return livesOn(n.Account, m) }}.on},
	{"tells, and gives a life", "OnlyUnboundRowsHaveALife", bent{tell: func(m *Memory, n *binding.News) func() { return livesOn(n.Account, m) }}.on},

	{"watches who is not bound", "ObserveAddsASign", bent{observe: func(m *Memory, o *binding.Observation) func() {
		return show(m, o.Account, stateOf, becomes(binding.Bound))
	}}.on},
	{"watches any address", "ObserveAddsASign", watchesAny.on},
	{"watches any address", "ReportsUnderAnotherTagChangeNothing", watchesAny.on},
	{"watches what was before", "ObserveAddsASign", watchesBefore.on},
	{"watches what was before", "ConfirmProvesAnew", watchesBefore.on},
	{"watches after the second", "ObserveAddsASign", bent{observe: func(m *Memory, o *binding.Observation) func() {
		return show(m, o.Account, provedAt, func(t time.Time) time.Time { return t.Add(time.Second) })
	}}.on},
	{"watches the newest alone", "ObserveAddsASign", watchesOne.on},
	{"watches the newest alone", "AnyOrderOfSignsEndsTheSame", watchesOne.on},

	{"watches without end", "ObserveTakesOnlySoManySigns", bent{observe: func(m *Memory, o *binding.Observation) func() {
		m.edit(o.Account, func(r *row) {
			if len(r.Signs) >= binding.MaxSigns {
				r.Signs = r.Signs[1:]
			}
		})
		return nil
	}}.on},
	{"watches nothing twice", "ObserveTakesOnlySoManySigns", bent{observe: func(m *Memory, o *binding.Observation) func() {
		if len(m.peek(o.Account).Signs) >= binding.MaxSigns {
			return noSuch(&o.Account)
		}
		return nil
	}}.on},
	{"watches by the sign's own time", "ObserveAddsASign", bent{observe: func(_ *Memory, o *binding.Observation) func() {
		o.Mailed = o.Sign.At
		return nil
	}}.on},

	{"judges who is not bound", "JudgeGoesByWhatItSaw", bent{judge: func(m *Memory, v *binding.Verdict) func() {
		return show(m, v.Account, stateOf, becomes(binding.Bound))
	}}.on},
	{"judges any address", "JudgeGoesByWhatItSaw", bent{judge: func(m *Memory, v *binding.Verdict) func() {
		v.EmailKey = m.peek(v.Account).EmailKey
		return nil
	}}.on},
	{"judges any signs", "JudgeGoesByWhatItSaw", judgesAnySigns.on},
	{"judges any signs", "JudgeDropsSigns", judgesAnySigns.on},
	{"judges by the order of signs", "JudgeGoesByWhatItSaw", bent{judge: func(m *Memory, v *binding.Verdict) func() {
		if !sameOrder(m.peek(v.Account).Signs, v.Signs) {
			return noSuch(&v.Account)
		}
		return nil
	}}.on},
	{"judges where a risk is", "JudgeGoesByWhatItSaw", bent{judge: func(m *Memory, v *binding.Verdict) func() {
		if r := m.peek(v.Account); v.Was.Risk == binding.NoRisk {
			v.Was = binding.Standing{Risk: r.Risk, Since: r.RiskSince}
		}
		return nil
	}}.on},
	{"judges where no risk is", "JudgeGoesByWhatItSaw", bent{judge: func(m *Memory, v *binding.Verdict) func() {
		if m.peek(v.Account).Risk == binding.NoRisk {
			v.Was = binding.Standing{}
		}
		return nil
	}}.on},
	{"judges any risk", "JudgeGoesByWhatItSaw", bent{judge: func(m *Memory, v *binding.Verdict) func() {
		if r := m.peek(v.Account); r.Risk != binding.NoRisk && v.Was.Risk != binding.NoRisk {
			v.Was.Risk = r.Risk
		}
		return nil
	}}.on},
	{"judges a risk of any time", "JudgeGoesByWhatItSaw", bent{judge: func(m *Memory, v *binding.Verdict) func() {
		if r := m.peek(v.Account); v.Was.Risk == r.Risk {
			v.Was.Since = r.RiskSince
		}
		return nil
	}}.on},
	{"judges by a fact each time", "JudgeGoesByWhatItSaw", bent{judge: func(_ *Memory, v *binding.Verdict) func() {
		v.Event += "x"
		return nil
	}}.on},
	{"judges and drops nothing", "JudgeDropsSigns", bent{judge: func(_ *Memory, v *binding.Verdict) func() {
		v.Drop = nil
		return nil
	}}.on},

	{"denies again and again", "DenyTellsOfADenialOnceADay", bent{deny: func(m *Memory, d *binding.Denial) func() {
		m.edit(d.Account, func(r *row) { delete(r.Denied, d.EmailKey) })
		return nil
	}}.on},
	{"denies once", "DenyTellsOfADenialOnceADay", bent{deny: func(m *Memory, d *binding.Denial) func() {
		if r := m.peek(d.Account); denied(&r, d.EmailKey, d.Now) {
			return noSuch(&d.Account)
		}
		return nil
	}}.on},
	{"denies what is pending", "DenyTellsOfADenialOnceADay", bent{deny: func(m *Memory, d *binding.Denial) func() {
		if m.peek(d.Account).State == binding.Denied {
			return noSuch(&d.Account)
		}
		return nil
	}}.on},
	{"denies and forgets the fate", "DenyTellsOfADenialOnceADay", bent{deny: func(m *Memory, d *binding.Denial) func() {
		return func() { m.edit(d.Account, func(r *row) { r.Fate = binding.Queued }) }
	}}.on},
	{"denies any address", "DenyEndsAnUnboundClaim", bent{deny: func(m *Memory, d *binding.Denial) func() {
		return show(m, d.Account, keyOf, becomes(d.EmailKey))
	}}.on},
	{"denies who is bound", "DisputeMarksAndKeepsTheBinding", bent{deny: showsUnbound}.on},
	{"denies who is bound elsewhere", "DisputeMarksAndKeepsTheBinding", bent{denyMoved: showsUnbound}.on},
	{"denies what is claimed as if it were not", "DenyEndsAnUnboundClaim", bent{denyMoved: func(m *Memory, d *binding.Denial) func() {
		return show(m, d.Account, keyOf, becomes(addressKey(id())))
	}}.on},
	{"denies what was taken back", "WhatWasTakenBackSinceStays", bent{deny: forgetsUndoing}.on},
	{"denies of old what was taken back", "WhatWasTakenBackSinceStays", bent{denyMoved: forgetsUndoing}.on},
	{"disputes what was taken back", "WhatWasTakenBackSinceStays", bent{disputeOnly: forgetsUndoing}.on},
	{"keeps away for less", "WhatWasTakenBackSinceStays", bent{denyMoved: func(m *Memory, d *binding.Denial) func() {
		m.edit(d.Account, func(r *row) { delete(r.Denied, d.EmailKey) })
		return nil
	}}.on},
	{"keeps away once", "WhatWasTakenBackSinceStays", bent{denyMoved: func(m *Memory, d *binding.Denial) func() {
		if r := m.peek(d.Account); denied(&r, d.EmailKey, d.Now) {
			return noSuch(&d.Account)
		}
		return nil
	}}.on},
	{"denies by when it was told", "WhatWasTakenBackSinceStays", bent{deny: byTheTelling}.on},
	{"denies of old by when it was told", "WhatWasTakenBackSinceStays", bent{denyMoved: byTheTelling}.on},
	{"disputes by when it was told", "WhatWasTakenBackSinceStays", bent{disputeOnly: byTheTelling}.on},
	{"disputes what was before by when it was told", "DisputeOnlyMarksOnce", bent{disputeOnly: byTheTelling}.on},
	{"denies from when it was said", "WhatWasTakenBackSinceStays", bent{deny: bySaying}.on},
	{"disputes from when it was said", "WhatWasTakenBackSinceStays", bent{disputeOnly: bySaying}.on},
	{"takes back its second", "WhatWasTakenBackSinceStays", bent{deny: undoesLater}.on},
	{"takes back its second of old", "WhatWasTakenBackSinceStays", bent{denyMoved: undoesLater}.on},
	{"takes back its second of the bound", "WhatWasTakenBackSinceStays", bent{disputeOnly: undoesLater}.on},
	{"silences other mailboxes by taking back for one", "WhatWasTakenBackSinceStays", bent{denyMoved: undoneForAll}.on},
	{"takes back and forgets", "WhatWasTakenBackSinceStays", bent{undo: forgetsToUndo}.on},
	{"takes back of old and forgets", "WhatWasTakenBackSinceStays", bent{undoMoved: forgetsToUndo}.on},
	{"takes back of the bound and forgets", "WhatWasTakenBackSinceStays", bent{undoDispute: forgetsToUndo}.on},

	{"disputes claims", "DisputeMarksAndKeepsTheBinding", bent{dispute: showsBound}.on},
	{"disputes any address", "DisputeMarksAndKeepsTheBinding", bent{dispute: showsAddress}.on},
	{"disowns again", "DisputeMarksAndKeepsTheBinding", bent{dispute: func(m *Memory, d *binding.Denial) func() {
		return show(m, d.Account, riskOf, becomes(binding.NoRisk))
	}}.on},
	{"complains of claims", "DisputeOnlyMarksOnce", bent{disputeOnly: showsBound}.on},
	{"complains of any address", "DisputeOnlyMarksOnce", bent{disputeOnly: showsAddress}.on},
	{"complains again", "DisputeOnlyMarksOnce", bent{disputeOnly: func(m *Memory, d *binding.Denial) func() {
		return show(m, d.Account, disputedAt, becomes(time.Time{}))
	}}.on},
	{"complains of what was before", "DisputeOnlyMarksOnce", bent{disputeOnly: func(m *Memory, d *binding.Denial) func() {
		return show(m, d.Account, provedAt, becomes(time.Time{}))
	}}.on},
	{"complains and disowns", "DisputeOnlyMarksOnce", bent{disputeOnly: func(m *Memory, d *binding.Denial) func() {
		return func() { m.edit(d.Account, func(r *row) { r.Risk = binding.Disowned }) }
	}}.on},
	{"undoes by other signs", "UndoneDisputesLeaveWhatTheSignsGive", bent{undoDispute: func(m *Memory, d *binding.Denial) func() {
		d.Signs = m.peek(d.Account).Signs
		return nil
	}}.on},
	{"undoes what is disowned unseen", "UndoneDisputesLeaveWhatTheSignsGive", bent{undoDispute: func(m *Memory, d *binding.Denial) func() {
		if !d.Disowned {
			d.Disowned = m.peek(d.Account).Risk == binding.Disowned
		}
		return nil
	}}.on},
	{"undoes what is not disowned", "UndoneDisputesLeaveWhatTheSignsGive", bent{undoDispute: func(m *Memory, d *binding.Denial) func() {
		if d.Disowned {
			d.Disowned = m.peek(d.Account).Risk == binding.Disowned
		}
		return nil
	}}.on},
	{"undoes and heals", "UndoneDisputesLeaveWhatTheSignsGive", bent{undoDispute: func(_ *Memory, d *binding.Denial) func() {
		d.Restore = binding.Standing{}
		return nil
	}}.on},
	{"undoes a risk beside", "UndoneDisputesLeaveWhatTheSignsGive", bent{undoDispute: func(m *Memory, d *binding.Denial) func() {
		return func() {
			m.edit(d.Account, func(r *row) {
				if r.DisputedAt.IsZero() && !d.Disowned {
					r.stand(binding.Standing{})
				}
			})
		}
	}}.on},
	{"undoes what is not disputed", "UndoneDisputesLeaveWhatTheSignsGive", bent{undoDispute: disputedNow}.on},
	{"undoes disputes for ever", "DisputeMarksAndKeepsTheBinding", bent{undoDispute: disputedNow}.on},
}

var tellsLower = bent{tell: func(m *Memory, n *binding.News) func() {
	if m.peek(n.Account).Fate > n.Fate {
		return show(m, n.Account, fateOf, becomes(binding.Queued))
	}
	return nil
}}

var tellsEarlier = bent{tell: func(m *Memory, n *binding.News) func() {
	if r := m.peek(n.Account); r.Fate == n.Fate && sec(n.At).Before(r.FateAt) {
		return show(m, n.Account, fateAt, becomes(time.Time{}))
	}
	return nil
}}

var watchesAny = bent{observe: func(m *Memory, o *binding.Observation) func() {
	o.EmailKey = m.peek(o.Account).EmailKey
	return nil
}}

var watchesBefore = bent{observe: func(m *Memory, o *binding.Observation) func() {
	return show(m, o.Account, provedAt, becomes(time.Time{}))
}}

var watchesOne = bent{observe: func(m *Memory, o *binding.Observation) func() {
	m.edit(o.Account, func(r *row) { r.Signs = nil })
	return nil
}}

var judgesAnySigns = bent{judge: func(m *Memory, v *binding.Verdict) func() {
	v.Signs = m.peek(v.Account).Signs
	return nil
}}

func showsUnbound(m *Memory, d *binding.Denial) func() { return show(m, d.Account, stateOf, unboundAs) }
func showsBound(m *Memory, d *binding.Denial) func() {
	return show(m, d.Account, stateOf, becomes(binding.Bound))
}
func showsAddress(m *Memory, d *binding.Denial) func() {
	return show(m, d.Account, keyOf, becomes(d.EmailKey))
}
func forgetsUndoing(m *Memory, d *binding.Denial) func() {
	return show(m, d.Account, undoneAt, becomes(time.Time{}))
}

// undoesLater counts the second in which it was taken back as before it.
func undoesLater(m *Memory, d *binding.Denial) func() {
	return show(m, d.Account, undoneAt, func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.Add(time.Second)
	})
}

func byTheTelling(_ *Memory, d *binding.Denial) func() {
	d.Said = d.Now
	return nil
}

// undoneForAll takes what was taken back for one mailbox as taken back for this one.
func undoneForAll(m *Memory, d *binding.Denial) func() {
	return show(m, d.Account, undoneOf, becomes(d.EmailKey))
}

func bySaying(_ *Memory, d *binding.Denial) func() {
	d.Now = d.Said
	return nil
}

func forgetsToUndo(m *Memory, d *binding.Denial) func() {
	was := m.peek(d.Account).UndoneAt
	return func() { m.edit(d.Account, func(r *row) { r.UndoneAt = was }) }
}

func disputedNow(m *Memory, d *binding.Denial) func() {
	return show(m, d.Account, disputedAt, becomes(sec(d.Now)))
}

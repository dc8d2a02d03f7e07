package main

import (
	"encoding/json"
	"slices"
	"testing"

	"mailbind/shared/binding"
)

// Whatever comes, reading ends: in a report whose words are ours and whose time is past, or in none.
func FuzzRead(f *testing.F) {
	for _, e := range examples() {
		detail := published(f, e.file)
		if e.change != nil {
			detail = e.change(detail)
		}
		for _, in := range delivered(f, "aws.ses", e.detailType, detail) {
			f.Add(in)
		}
	}
	f.Add(`{"event":"Email Bounced","tag":"x","told":"2026-03-14T11:59:00Z","status":"5.1.1","status":"5.7.17"}`)
	f.Add(`{"event":"Email Sent","at":"9999-12-31T23:59:59.999999999+23:59"}`)
	f.Add(`null`)
	d := dataKey(f)
	sealed := tag().Seal(d)
	whys := []binding.Why{binding.WhyNone, binding.WhyContentRefused, binding.WhyTemporary, binding.WhyUnknown, binding.WhyNoMail, binding.WhySuppressed,
		binding.WhyFull, binding.WhySpam, binding.WhyOwnerChanged}
	f.Fuzz(func(t *testing.T, in string) {
		// With a tag of ours, or hardly anything would get past the seal.
		var members map[string]any
		if json.Unmarshal([]byte(in), &members) == nil && members != nil {
			members["tag"] = sealed
			if again, err := json.Marshal(members); err == nil {
				in = string(again)
			}
		}
		e, r, says, err := read([]byte(in), d)
		if err != nil {
			if says || r.Tag != (binding.Tag{}) || e != (event{}) {
				t.Errorf("%q: %+v, %v beside %v", in, r, says, err)
			}
			return
		}
		if r.Tag != tag() || r.Mailed.After(r.At) || r.At.After(r.Told) {
			t.Errorf("%q: %+v", in, r)
		}
		if says && (r.Fate < binding.Sent || r.Fate > binding.Complained || !slices.Contains(whys, r.Why)) {
			t.Errorf("%q: %+v", in, r)
		}
	})
}

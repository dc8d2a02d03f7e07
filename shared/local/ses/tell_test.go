package ses

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stage is a service whose clock a test moves: inside of synctest.Test alone.
type stage struct {
	*Service
	*bus
	t *testing.T
}

func newStage(t *testing.T) *stage {
	b := &bus{}
	all := slices.Sorted(maps.Keys(detailTypes))
	service := New([]Set{
		{Name: "verify", Events: all, Suppressed: []string{"BOUNCE", "COMPLAINT"}}, {Name: "recover", Events: all, Suppressed: []string{}},
		{Name: "complaints", Events: all, Suppressed: []string{"COMPLAINT"}}, {Name: "unsaid", Events: all}, {Name: "few", Events: []string{"BOUNCE"}}, {Name: "quiet"},
	}, []string{"mail.example"}, b.publish)
	return &stage{service, b, t}
}

func (s *stage) mail(set, to string) error {
	_, err := s.accept(strings.NewReader(fmt.Sprintf(`{"FromEmailAddress":"Shop <account@mail.example>","Destination":{"ToAddresses":[%q]},
		"ConfigurationSetName":%q,"EmailTags":[{"Name":"kind","Value":"verify"}],"Content":{"Simple":{"Subject":{"Data":"Hello"},"Body":{"Text":{"Data":"x"}},
		"Headers":[{"Name":"Auto-Submitted","Value":"auto-generated"}]}}}`, to, set)), time.Now())
	return err
}

// told mails and gives the events that came of it until all is quiet.
func (s *stage) told(set, to string) []published {
	s.t.Helper()
	before := len(s.events())
	if err := s.mail(set, to); err != nil {
		s.t.Fatal(err)
	}
	s.pending.Wait()
	return s.events()[before:]
}

func (s *stage) change(body string) {
	s.t.Helper()
	if err := s.Change(changeOf(s.t, body)); err != nil {
		s.t.Fatal(err)
	}
}

func changeOf(t *testing.T, body string) Change {
	t.Helper()
	var change Change
	if err := json.Unmarshal([]byte(body), &change); err != nil {
		t.Fatal(err)
	}
	return change
}

func kinds(events []published) string {
	var all []string
	for _, event := range events {
		all = append(all, event.kind)
	}
	return strings.Join(all, ", ")
}

// shape writes an event without its mail object, with T for every time in SES's form and F for an id of feedback.
func shape(t *testing.T, event published) string {
	t.Helper()
	detail := maps.Clone(event.detail)
	delete(detail, "mail")
	encoded, err := json.Marshal(detail)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(encoded, &members); err != nil {
		t.Fatal(err)
	}
	for _, member := range members {
		object, _ := member.(map[string]any)
		for _, name := range []string{"timestamp", "arrivalDate", "expirationTime"} {
			if text, there := object[name].(string); there {
				if _, err := time.Parse("2006-01-02T15:04:05.000Z", text); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				object[name] = "T"
			}
		}
		if id, there := object["feedbackId"].(string); there && strings.HasSuffix(id, "-000000") {
			object["feedbackId"] = "F"
		}
	}
	if encoded, err = json.Marshal(members); err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestTheManners(t *testing.T) {
	const sent, delivered, complained = "Email Sent", "Email Delivered", "Email Complaint Received"
	type came struct {
		kind string
		at   time.Duration
	}
	for manner, want := range map[string][]came{
		"prompt": {{sent, atOnce}, {delivered, answered}, {complained, reported}},
		"late":   {{sent, atOnce + lateness}, {delivered, answered + lateness}, {complained, reported + lateness}},
		"double": {{sent, atOnce}, {sent, atOnce + apart}, {delivered, answered}, {delivered, answered + apart},
			{complained, reported}, {complained, reported + apart}},
		"shuffled": {{complained, reported}, {delivered, reported + apart}, {sent, reported + 2*apart}},
		"off":      nil,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t)
			s.change(`{"events":"` + manner + `"}`)
			started := time.Now()
			events := s.told("verify", "complaint@"+Simulator)
			var got []came
			for _, event := range events {
				got = append(got, came{event.kind, event.at.Sub(started)})
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s\n got %v\nwant %v", manner, got, want)
			}
			// However it comes, the time in it is when it happened, and a second one is the same event.
			for i, event := range events {
				if complaint, there := event.detail["complaint"].(map[string]any); there && complaint["timestamp"] != stamp(started.Add(reported)) {
					t.Errorf("%s: it says %v", manner, complaint["timestamp"])
				}
				if i > 0 && events[i-1].kind == event.kind && fmt.Sprint(events[i-1].detail) != fmt.Sprint(event.detail) {
					t.Errorf("%s: the second differs: %v and %v", manner, events[i-1].detail, event.detail)
				}
			}
		})
	}
}

func TestTheShiftMovesEveryTimeInTheEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		const day = 24 * time.Hour
		for _, shift := range []time.Duration{0, day, -day} {
			s.change(fmt.Sprintf(`{"shift":%d}`, int64(shift/time.Second)))
			started := time.Now()
			events := s.told("recover", "full@"+Simulator)
			mail := events[0].detail["mail"].(map[string]any)
			delay := events[1].detail["deliveryDelay"].(map[string]any)
			bounce := events[3].detail["bounce"].(map[string]any)
			for name, pair := range map[string][2]any{
				"mail": {mail["timestamp"], started}, "delay": {delay["timestamp"], started.Add(firstTry)}, "end": {delay["expirationTime"], started.Add(trying)},
				"bounce": {bounce["timestamp"], started.Add(lastTry)},
			} {
				if want := stamp(pair[1].(time.Time).Add(shift)); pair[0] != want {
					t.Errorf("%s: got %v, want %s", name, pair[0], want)
				}
			}
			if want := started.Add(lastTry + shift); !events[3].at.Equal(want) {
				t.Errorf("the event's own time: got %v, want %v", events[3].at, want)
			}
			mails := s.Mails("")
			if kept := mails[len(mails)-1]; !kept.SentAt.Equal(started) {
				t.Errorf("the mail itself is of %v, sent at %v", kept.SentAt, started)
			}
		}
	})
}

func TestASetPublishesWhatItsDestinationAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		if got := kinds(s.told("few", "bounce@"+Simulator)); got != "Email Bounced" {
			t.Errorf("got %s", got)
		}
		if got := kinds(s.told("quiet", "bounce@"+Simulator)); got != "" {
			t.Errorf("got %s", got)
		}
	})
}

func TestCloseEndsWhatIsStillToCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		if err := s.mail("verify", "slow@"+Simulator); err != nil {
			t.Fatal(err)
		}
		time.Sleep(answered)
		synctest.Wait()
		s.Close()
		if got := kinds(s.events()); got != "Email Sent" {
			t.Errorf("got %s", got)
		}
	})
}

func TestWhatChangesHoldsForMailsTakenFromThenOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		if err := s.mail("verify", "mei@lane.example"); err != nil {
			t.Fatal(err)
		}
		s.change(`{"events":"off","mailboxes":{"mei@lane.example":"bounce"}}`)
		s.pending.Wait()
		if got := kinds(s.events()); got != "Email Sent, Email Delivered" {
			t.Errorf("got %s", got)
		}
	})
}

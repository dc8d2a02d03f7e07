package ses

import (
	"cmp"
	"slices"
	"time"
)

// detailTypes are EventBridge's names of SES's events: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html.
var detailTypes = map[string]string{
	"SEND": "Email Sent", "DELIVERY": "Email Delivered", "BOUNCE": "Email Bounced", "COMPLAINT": "Email Complaint Received",
	"DELIVERY_DELAY": "Email Delivery Delayed", "REJECT": "Email Rejected", "RENDERING_FAILURE": "Email Rendering Failed",
}

// apart is what lies between events that came by the manner Double or Shuffled: who takes them has them in that order.
const apart = 200 * time.Millisecond

// moment is something to do at a time after the mail was taken.
type moment struct {
	after time.Duration
	do    func()
}

// tell publishes the events that the mail's configuration set asks for, in the manner of now.
func (s *Service) tell(m Mail, what ending, taken time.Time) {
	s.mu.Lock()
	manner, shift := s.manner, s.shift
	s.mu.Unlock()
	moments := s.moments(m, what, manner, shift)
	s.pending.Go(func() {
		for _, moment := range moments {
			timer := time.NewTimer(time.Until(taken.Add(moment.after)))
			select {
			case <-timer.C:
			case <-s.closing:
				timer.Stop()
				return
			}
			moment.do()
		}
	})
}

func (s *Service) moments(m Mail, what ending, manner Manner, shift time.Duration) []moment {
	var all, tellings []moment
	for _, step := range what {
		all = append(all, moment{step.after, func() { s.remember(m, step.lists) }})
		if !slices.Contains(s.sets[m.ConfigurationSet].Events, step.event) {
			continue
		}
		// Made once: the second of two is the same event, down to its feedbackId.
		detail := step.detail(m.shifted(shift), m.SentAt.Add(step.after+shift))
		tellings = append(tellings, moment{step.after, func() { s.publish(detailTypes[step.event], detail, time.Now().Add(shift)) }})
	}
	all = append(all, inManner(tellings, manner)...)
	slices.SortStableFunc(all, func(a, b moment) int { return cmp.Compare(a.after, b.after) })
	return all
}

func inManner(prompt []moment, manner Manner) []moment {
	var all []moment
	for i, one := range prompt {
		switch manner {
		case Prompt:
			all = append(all, one)
		case Late:
			all = append(all, moment{one.after + lateness, one.do})
		case Double:
			all = append(all, one, moment{one.after + apart, one.do})
		case Shuffled:
			last := len(prompt) - 1
			all = append(all, moment{prompt[last].after + time.Duration(last-i)*apart, one.do})
		}
	}
	return all
}

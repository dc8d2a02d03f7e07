package ses

import (
	"slices"
	"strings"
)

// The account's suppression list:
// https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html and
// https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-config-level.html.
// A hard bounce or a complaint puts the address on it, and a mail to it is taken and not sent. A configuration set has the say for its
// own mails: with reasons of its own they come onto the list, and are held, for these; with an empty list of reasons for none, so that
// its mails go out to whoever is on it. Nobody leaves the list by himself, as on AWS, where the operator takes an address off.

// accountReasons are the account's own, for a set that does not say: both, as for every account since November 2019.
var accountReasons = []string{"BOUNCE", "COMPLAINT"}

func (s *Service) reasons(set string) []string {
	if suppressed := s.sets[set].Suppressed; suppressed != nil {
		return suppressed
	}
	return accountReasons
}

// suppressed says whether a mail of the set to the address is taken and not sent. s.mu is held.
func (s *Service) suppressed(set, address string) bool {
	why, listed := s.list[address]
	return listed && slices.Contains(s.reasons(set), why)
}

// remember puts the mail's address on the list for the reason, if its set has it. The simulator's own addresses never are on it.
func (s *Service) remember(m Mail, reason string) {
	address := strings.ToLower(m.recipients[0])
	if reason == "" || !slices.Contains(s.reasons(m.ConfigurationSet), reason) || strings.HasSuffix(address, "@"+Simulator) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list[address] = reason
}

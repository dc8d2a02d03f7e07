package load

import "mailbind/shared/local/relay"

// NewRelay starts a relay in front of the database at HOST:PORT that counts the requests which go through. Bytes pass unchanged, and a
// request is counted before it is passed on: who has the answer finds it counted.
func NewRelay(upstream string, tally *Tally) (*relay.Relay, error) {
	return relay.New(upstream, func(r relay.Request) ([]byte, bool) {
		tally.Trip(r.Header.Get("User-Agent"), r.Header.Get("X-Amz-Target"), r.Body)
		return nil, true
	})
}

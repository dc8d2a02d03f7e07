package iam

import (
	"bytes"
	"encoding/json"
	"fmt"

	"mailbind/shared/local/relay"
)

// NewRelay starts a relay in front of the database at HOST:PORT that lets through what the guard allows and answers the rest itself. key
// is the access key id under which the tables are, of 20 letters and digits, and takes the place of the caller's: a DynamoDB Local that
// was started without -sharedDb has tables for each. Other bytes pass unchanged.
//
// A client sends a request when it has the answer to the one before: so nothing of the database is under way when the relay answers, and
// one that sends two at once is not listened to.
func (g *Guard) NewRelay(upstream, key string) (*relay.Relay, error) {
	if len(key) != keyLength {
		return nil, fmt.Errorf("iam: an access key id of %d symbols; want %d", len(key), keyLength)
	}
	return relay.New(upstream, func(r relay.Request) ([]byte, bool) {
		if r.Hasty {
			return nil, false
		}
		authorization := r.Header.Get("Authorization")
		calls, unread := g.dynamodb(r.Header.Get("X-Amz-Target"), r.Body)
		if refused := g.judge(authorization, calls, unread); refused != nil {
			return answer(refused), true
		}
		rename(r.Raw, accessKeyID(authorization), key)
		return nil, true
	})
}

// rename puts the database's access key id in the place of the caller's, which is as long.
func rename(request []byte, caller, key string) {
	if at := bytes.Index(request, []byte("Credential="+caller+"/")); at >= 0 {
		copy(request[at+len("Credential="):], key)
	}
}

// answer is DynamoDB's to what it refuses.
func answer(refused *refusal) []byte {
	body, err := json.Marshal(map[string]string{"__type": "com.amazon.coral.service#" + refused.kind, "message": refused.message})
	if err != nil {
		panic("iam: internal error: " + err.Error()) // texts always encode
	}
	return fmt.Appendf(nil, "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

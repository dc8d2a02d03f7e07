package iam

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/mail"
	"slices"
	"strings"
)

// bodyLimit is more than any of the services takes.
const bodyLimit = 96 << 20

// Services stands in front of Secrets Manager, EventBridge and SES.
func (g *Guard) Services(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
		if err != nil { // the caller is gone, or sends more than any service takes
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		calls, unread := g.service(r, body)
		if refused := g.judge(r.Header.Get("Authorization"), calls, unread); refused != nil {
			refuse(w, r, refused)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// service gives the permissions that a request needs, told apart as the services are: by target (AWS's JSON protocols) or path (REST).
func (g *Guard) service(r *http.Request, body []byte) ([]Call, *puzzle) {
	switch target := r.Header.Get("X-Amz-Target"); {
	case target == "secretsmanager.GetSecretValue":
		return g.secret(body)
	case target == "AWSEvents.PutEvents":
		return g.putEvents(body)
	case target != "":
		return nil, &puzzle{target, "it does not know the operation"}
	case r.Method == http.MethodPost && r.URL.Path == "/v2/email/outbound-emails":
		return g.sendEmail(body)
	}
	return nil, &puzzle{r.Method + " " + r.URL.Path, "it does not know the operation"}
}

func (g *Guard) secret(body []byte) ([]Call, *puzzle) {
	const action = "secretsmanager:GetSecretValue"
	var asked struct{ SecretId string }
	if err := json.Unmarshal(body, &asked); err != nil || asked.SecretId == "" {
		return nil, &puzzle{action, "its secret cannot be read"}
	}
	secret := asked.SecretId
	if arn, known := g.world.Secrets[secret]; known {
		secret = arn
	} else if !strings.HasPrefix(secret, "arn:") {
		secret = g.arn("secretsmanager", "secret:"+secret)
	}
	return []Call{{Action: action, Resource: secret}}, nil
}

// putEvents: the permission is for a bus, and has the sources of all entries for it.
func (g *Guard) putEvents(body []byte) ([]Call, *puzzle) {
	const action = "events:PutEvents"
	var asked struct {
		Entries []struct{ Source, EventBusName string }
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, &puzzle{action, "its entries cannot be read"}
	}
	var calls []Call
	for _, entry := range asked.Entries {
		bus := entry.EventBusName
		if !strings.HasPrefix(bus, "arn:") {
			if bus == "" {
				bus = "default"
			}
			bus = g.arn("events", "event-bus/"+bus)
		}
		at := slices.IndexFunc(calls, func(call Call) bool { return call.Resource == bus })
		if at < 0 {
			at, calls = len(calls), append(calls, Call{Action: action, Resource: bus, Keys: map[string][]string{}})
		}
		if entry.Source != "" {
			calls[at].Keys[EventSource] = append(calls[at].Keys[EventSource], entry.Source)
		}
	}
	return calls, nil
}

// sendEmail: SES asks for the identity that the From address is of, and for the configuration set.
func (g *Guard) sendEmail(body []byte) ([]Call, *puzzle) {
	const action = "ses:SendEmail"
	var asked struct {
		FromEmailAddress, FromEmailAddressIdentityArn, ConfigurationSetName string
		Content                                                             struct{ Simple json.RawMessage }
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, &puzzle{action, "it cannot be read"}
	}
	if asked.Content.Simple == nil || asked.FromEmailAddressIdentityArn != "" {
		return nil, &puzzle{action, "it knows Simple content and identities of the account alone"}
	}
	from, err := mail.ParseAddress(asked.FromEmailAddress)
	if err != nil {
		return nil, &puzzle{action, "its From address cannot be read"}
	}
	keys := map[string][]string{FromAddress: {from.Address}}
	calls := []Call{{Action: action, Resource: g.arn("ses", "identity/"+g.identity(from.Address)), Keys: keys}}
	if asked.ConfigurationSetName != "" {
		calls = append(calls, Call{Action: action, Resource: g.arn("ses", "configuration-set/"+asked.ConfigurationSetName), Keys: keys})
	}
	return calls, nil
}

// identity is the narrowest verified one that an address is of: itself, or its domain.
func (g *Guard) identity(address string) string {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	for _, candidate := range []string{address, domain} {
		for _, identity := range g.world.Identities {
			if strings.EqualFold(identity, candidate) {
				return identity
			}
		}
	}
	return address
}

// refuse answers as the service that was asked: in AWS's JSON 1.1, or, as SES, in rest-json.
func refuse(w http.ResponseWriter, r *http.Request, refused *refusal) {
	header := w.Header()
	if r.Header.Get("X-Amz-Target") == "" {
		header.Set("Content-Type", "application/json")
		header.Set("X-Amzn-Errortype", refused.kind)
		w.WriteHeader(http.StatusForbidden)
		json.NewEncoder(w).Encode(map[string]string{"message": refused.message})
		return
	}
	header.Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(map[string]string{"__type": refused.kind, "Message": refused.message})
}

package iam

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
)

// World is what the resources of the account are called, as far as requests name them in short.
type World struct {
	Region, Account string
	PartitionKeys   map[string]string // attribute, by table name
	Secrets         map[string]string // ARN, by name
	Identities      []string          // addresses and domains that SES knows as verified
}

// Caller is a function with its role.
type Caller struct {
	Name     string // for people
	FullName string // FunctionName on AWS: names the session of the role
	Role     string // ARN
	Policy   Policy
}

// Guard knows who calls and what they may. Its methods may be called by several goroutines.
type Guard struct {
	world   World
	callers map[string]Caller // by access key id
	words   io.Writer
}

// New makes a guard that writes one line to words for each call that it refuses. The error is a policy with a fault.
func New(world World, callers []Caller, words io.Writer) (*Guard, error) {
	g := &Guard{world: world, callers: map[string]Caller{}, words: words}
	for _, caller := range callers {
		for _, statement := range caller.Policy {
			if err := statement.Fault(); err != nil {
				return nil, fmt.Errorf("the role of %s: statement %s: %w", caller.Name, statement.Sid, err)
			}
		}
		g.callers[AccessKeyID(caller.FullName)] = caller
	}
	return g, nil
}

// keyLength is that of AWS's access key ids.
const keyLength = 20

// AccessKeyID is the made-up access key id of a function: by it the guard knows who signed a request, as AWS does. DynamoDB Local
// takes letters and digits alone.
func AccessKeyID(fullName string) string {
	sum := sha256.Sum256([]byte(fullName))
	return ("LOCAL" + base32.StdEncoding.EncodeToString(sum[:]))[:keyLength]
}

// accessKeyID reads it from an Authorization header (Signature Version 4); "": there is none.
func accessKeyID(authorization string) string {
	_, rest, _ := strings.Cut(authorization, "Credential=")
	id, _, _ := strings.Cut(rest, "/")
	return id
}

// refusal is an error as services answer it.
type refusal struct{ kind, message string }

// puzzle is what is not understood in a request.
type puzzle struct{ action, why string }

// judge refuses what the caller's role does not allow, and says so; nil: it may. calls and unread come from reading the request: one
// that is not understood is refused, whatever the role allows.
func (g *Guard) judge(authorization string, calls []Call, unread *puzzle) *refusal {
	id := accessKeyID(authorization)
	caller, known := g.callers[id]
	if !known {
		fmt.Fprintf(g.words, "denied: a request is signed by none of the functions (access key id %q)\n", id)
		return &refusal{"UnrecognizedClientException", "The security token included in the request is invalid."}
	}
	if unread == nil && len(calls) == 0 {
		unread = &puzzle{"anything", "it asks for nothing"}
	}
	if unread != nil {
		why := "the local stack cannot judge it: " + unread.why
		return g.deny(caller, Call{Action: unread.action, Resource: "*"}, why, why)
	}
	for _, call := range calls {
		verdict := caller.Policy.Judge(call)
		switch {
		case verdict.Explicit:
			return g.deny(caller, call, verdict.Why, "with an explicit deny in an identity-based policy")
		case !verdict.Allowed:
			return g.deny(caller, call, verdict.Why, "because no identity-based policy allows the "+call.Action+" action")
		}
	}
	return nil
}

// deny says why to people, and in AWS's words to the caller.
func (g *Guard) deny(c Caller, call Call, why, told string) *refusal {
	fmt.Fprintf(g.words, "denied: %s may not %s on %s: %s\n", c.Name, call.Action, call.Resource, why)
	session := "arn:aws:sts::" + g.world.Account + ":assumed-role/" + c.Role[strings.LastIndexByte(c.Role, '/')+1:] + "/" + c.FullName
	return &refusal{"AccessDeniedException", fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s", session, call.Action, call.Resource, told)}
}

func (g *Guard) arn(service, rest string) string {
	return "arn:aws:" + service + ":" + g.world.Region + ":" + g.world.Account + ":" + rest
}

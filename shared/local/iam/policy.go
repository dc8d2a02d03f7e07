// Package iam decides what functions may do, as AWS does by the policies of their roles, and refuses the rest in the words of the
// service that was asked: in front of DynamoDB (Relay) and of Secrets Manager, SES and EventBridge (Services).
//
// It knows a part of the policy language: actions and resources that are spelt out or end with one *, Allow and Deny, and four
// condition operators on four keys. Statement.Fault says what it does not know; a policy with a fault must not be judged by. Calls
// that it cannot tell the parts of are refused, whatever the policy says.
//
// Sources: IAM User Guide, "Policy evaluation logic" and "Condition operators"; DynamoDB Developer Guide, "Using IAM policy
// conditions for fine-grained access control" and "Using IAM with DynamoDB transactions"; the Service Authorization Reference.
package iam

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The condition keys that calls bring values of.
const (
	LeadingKeys        = "dynamodb:LeadingKeys"        // the partition keys of the rows that are asked for in a table
	EnclosingOperation = "dynamodb:EnclosingOperation" // TransactWriteItems or TransactGetItems, for a part of one
	FromAddress        = "ses:FromAddress"             // of a mail, without its name
	EventSource        = "events:source"               // the sources of the events that are put on a bus
)

// manyValued says of each key whether a call may bring several values. Such a key wants ForAllValues or ForAnyValue.
var manyValued = map[string]bool{LeadingKeys: true, EnclosingOperation: false, FromAddress: false, EventSource: true}

// Policy is all statements of a role.
type Policy []Statement

// Statement is one of a policy, with every function of CloudFormation computed.
type Statement struct {
	Sid        string // for messages
	Effect     string // Allow or Deny
	Actions    []string
	Resources  []string
	Conditions []Condition // all must hold
}

// Condition is one key under one operator.
type Condition struct {
	Operator, Key string
	Values        []string
}

// Call is one permission that is needed. Keys are the values of condition keys; a key that is absent has none.
type Call struct {
	Action, Resource string
	Keys             map[string][]string
}

// Verdict is what a policy says to a call. Why is for people: "no statement of its role allows it".
type Verdict struct {
	Allowed  bool
	Explicit bool // a statement denies it
	Why      string
}

// Fault names all that is not understood in the statement; nil: nothing.
func (s Statement) Fault() error {
	var faults []error
	fault := func(format string, arguments ...any) { faults = append(faults, fmt.Errorf(format, arguments...)) }
	if s.Effect != "Allow" && s.Effect != "Deny" {
		fault("Effect: %q is neither Allow nor Deny", s.Effect)
	}
	if len(s.Actions) == 0 {
		fault("Action is missing")
	}
	if len(s.Resources) == 0 {
		fault("Resource is missing")
	}
	for _, action := range s.Actions {
		if !readable(action) || action != "*" && !strings.Contains(action, ":") {
			fault("Action: %q is not understood; want service:Action, * at its end alone", action)
		}
	}
	for _, resource := range s.Resources {
		if !readable(resource) || resource != "*" && !strings.HasPrefix(resource, "arn:") {
			fault("Resource: %q is not understood; want an ARN, * at its end alone", resource)
		}
	}
	for _, condition := range s.Conditions {
		if err := condition.fault(); err != nil {
			fault("Condition: %w", err)
		}
	}
	return errors.Join(faults...)
}

// readable patterns have no wildcard but a * at the end, and no variable.
func readable(pattern string) bool {
	before := strings.TrimSuffix(pattern, "*")
	return pattern != "" && !strings.ContainsAny(before, "*?") && !strings.Contains(pattern, "${")
}

func (c Condition) fault() error {
	if _, known := operators[c.Operator]; !known {
		return fmt.Errorf("the operator %s is not understood", c.Operator)
	}
	many, known := manyValued[c.Key]
	if !known {
		return fmt.Errorf("%s: the key %s is not understood", c.Operator, c.Key)
	}
	if c.Operator == "StringEquals" && many {
		return fmt.Errorf("%s has several values: it wants ForAllValues:StringEquals or ForAnyValue:StringEquals", c.Key)
	}
	if c.Operator == "Null" && !slices.Equal(c.Values, []string{"true"}) && !slices.Equal(c.Values, []string{"false"}) {
		return fmt.Errorf("the operator Null: %s: %q is neither true nor false", c.Key, c.Values)
	}
	if len(c.Values) == 0 {
		return fmt.Errorf("%s: %s has no value", c.Operator, c.Key)
	}
	for _, value := range c.Values {
		if strings.Contains(value, "${") {
			return fmt.Errorf("%s: %s: the variable in %q is not understood", c.Operator, c.Key, value)
		}
	}
	return nil
}

// operators compare what a call brings with what a statement wants. A * is an asterisk there.
var operators = map[string]func(brought, wanted []string) bool{
	"StringEquals":              func(brought, wanted []string) bool { return len(brought) == 1 && slices.Contains(wanted, brought[0]) },
	"ForAllValues:StringEquals": allIn, // true when the call brings none: a Null clause has to stand beside it
	"ForAnyValue:StringEquals":  anyIn,
	"Null":                      func(brought, wanted []string) bool { return (len(brought) == 0) == (wanted[0] == "true") },
}

func allIn(brought, wanted []string) bool {
	return !slices.ContainsFunc(brought, func(one string) bool { return !slices.Contains(wanted, one) })
}

func anyIn(brought, wanted []string) bool {
	return slices.ContainsFunc(brought, func(one string) bool { return slices.Contains(wanted, one) })
}

// Judge says whether the role may: a Deny that fits forbids, otherwise an Allow that fits is needed.
func (p Policy) Judge(call Call) Verdict {
	verdict := Verdict{Why: "no statement of its role allows it"}
	for _, statement := range p {
		if !statement.speaksOf(call) {
			continue
		}
		switch holds := statement.holds(call); {
		case statement.Effect == "Deny" && holds:
			return Verdict{Explicit: true, Why: "the statement " + statement.Sid + " of its role forbids it"}
		case statement.Effect == "Deny" || verdict.Allowed:
		case holds:
			verdict = Verdict{Allowed: true, Why: "the statement " + statement.Sid + " of its role allows it"}
		default:
			verdict.Why = "the statement " + statement.Sid + " of its role allows it on conditions that are not met"
		}
	}
	return verdict
}

func (s Statement) speaksOf(call Call) bool {
	return slices.ContainsFunc(s.Actions, func(pattern string) bool { return fitsAction(pattern, call.Action) }) &&
		slices.ContainsFunc(s.Resources, func(pattern string) bool { return fits(pattern, call.Resource) })
}

func (s Statement) holds(call Call) bool {
	return !slices.ContainsFunc(s.Conditions, func(c Condition) bool { return !operators[c.Operator](call.Keys[c.Key], c.Values) })
}

func fits(pattern, value string) bool {
	if prefix, open := strings.CutSuffix(pattern, "*"); open {
		return strings.HasPrefix(value, prefix)
	}
	return pattern == value
}

// fitsAction: actions are the same in capitals.
func fitsAction(pattern, action string) bool {
	if prefix, open := strings.CutSuffix(pattern, "*"); open {
		return len(action) >= len(prefix) && strings.EqualFold(action[:len(prefix)], prefix)
	}
	return strings.EqualFold(pattern, action)
}

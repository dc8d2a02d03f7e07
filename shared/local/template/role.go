package template

import (
	"fmt"
	"slices"
	"strings"

	"mailbind/shared/local/iam"
)

// Role is what a function may do.
type Role struct {
	ARN    string
	Policy iam.Policy
	Made   bool // by SAM, for a function that names no role: it may do what its events need, and nothing else
}

// readRole reads a role with all its policies written out. Managed policies, boundaries and policies that are resources of their own
// are not understood: what they allow stands elsewhere.
func (p *Product) readRole(s *section, id string) {
	s.aside("Description", "RoleName", "Tags", "MaxSessionDuration")
	arn, err := s.resolver.attribute(id, "Arn")
	if err != nil {
		s.fail("%v", err)
	}
	role := Role{ARN: text(arn)}
	trust := s.sub("AssumeRolePolicyDocument")
	readTrust(trust)
	trust.end()
	for _, policy := range s.items("Policies") {
		policy.aside("PolicyName")
		document := policy.sub("PolicyDocument")
		readVersion(document)
		for i, statement := range document.items("Statement") {
			role.Policy = append(role.Policy, readStatement(statement, i))
			statement.end()
		}
		document.end()
		policy.end()
	}
	p.roles[role.ARN] = role
	p.noteLogs(role)
}

func readVersion(document *section) {
	if version := document.text("Version"); version != "2012-10-17" {
		document.fail("Version: want 2012-10-17, not %q", version)
	}
}

// readTrust wants that Lambda may take the role: a function whose role it may not take is not made.
func readTrust(document *section) {
	readVersion(document)
	trusted := false
	for _, statement := range document.items("Statement") {
		statement.aside("Sid")
		principal := statement.sub("Principal")
		services := principal.strings("Service")
		principal.end()
		effect, actions := statement.text("Effect"), statement.strings("Action")
		statement.end()
		trusted = trusted || effect == "Allow" && slices.Contains(services, "lambda.amazonaws.com") && slices.Contains(actions, "sts:AssumeRole")
	}
	if !trusted {
		document.fail("no statement lets lambda.amazonaws.com take the role (sts:AssumeRole)")
	}
}

func readStatement(s *section, index int) iam.Statement {
	statement := iam.Statement{Sid: s.text("Sid"), Effect: s.text("Effect"), Actions: s.strings("Action"), Resources: s.strings("Resource")}
	if statement.Sid == "" {
		statement.Sid = fmt.Sprintf("number %d", index+1)
	}
	conditions := s.sub("Condition")
	for _, operator := range conditions.keys() {
		keys := conditions.sub(operator)
		for _, key := range keys.keys() {
			statement.Conditions = append(statement.Conditions, iam.Condition{Operator: operator, Key: key, Values: keys.strings(key)})
		}
		keys.end()
	}
	conditions.end()
	if err := statement.Fault(); err != nil {
		s.fail("%v", err)
	}
	return statement
}

// noteLogs says once what of the roles is not enforced.
func (p *Product) noteLogs(role Role) {
	const sentence = "what roles allow of CloudWatch Logs (logs:) is not enforced on this machine"
	for _, statement := range role.Policy {
		logs := slices.ContainsFunc(statement.Actions, func(action string) bool { return strings.HasPrefix(action, "logs:") })
		if logs && !slices.Contains(p.NotEnforced, sentence) {
			p.note(sentence)
		}
	}
}

// role finds the role of a function.
func (p *Product) role(s *section, id string) Role {
	arn := s.text("Role")
	if arn == "" {
		return Role{ARN: "arn:aws:iam::" + Account + ":role/" + p.Name + "-" + id + "Role", Made: true}
	}
	role, known := p.roles[arn]
	if !known {
		s.fail("Role: %s is no role of this template", arn)
	}
	return role
}

// streamActions are what Lambda does in the name of a function that reads a stream.
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
var streamActions = []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}

// checkReader holds the role of a function that reads a stream to what Lambda does in its name: it reads, and sends what failed to
// the queue; "": there is none.
func checkReader(s *section, role Role, stream, queue string) {
	for _, action := range streamActions {
		checkCall(s, role, iam.Call{Action: action, Resource: stream})
	}
	checkSender(s, role, queue)
}

// checkSender does so for the queue alone, which events go to that the function failed at:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html.
func checkSender(s *section, role Role, queue string) {
	if queue != "" {
		checkCall(s, role, iam.Call{Action: "sqs:SendMessage", Resource: queue})
	}
}

func checkCall(s *section, role Role, call iam.Call) {
	if role.Made {
		return
	}
	if verdict := role.Policy.Judge(call); !verdict.Allowed {
		s.fail("%s may not %s on %s, which Lambda does in its name: %s", role.ARN, call.Action, call.Resource, verdict.Why)
	}
}

// readDestination gives the ARN of the queue that gets what failed; "": there is none.
func readDestination(s *section) string {
	destination := s.sub("DestinationConfig")
	failure := destination.sub("OnFailure")
	kind, queue := failure.text("Type"), failure.text("Destination")
	if queue != "" && (kind != "" && kind != "SQS" || !strings.HasPrefix(queue, "arn:aws:sqs:")) {
		failure.fail("Destination: only the ARN of a queue is understood by the local stack, not %s", queue)
	}
	failure.end()
	destination.end()
	return queue
}

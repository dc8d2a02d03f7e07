package setup_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// statement is one Allow of a function's role.
type statement struct {
	role      string
	actions   []string
	resources []string
	condition tree
	raw       tree
}

func statements(t tree) []statement {
	var out []statement
	for _, role := range resources(t, "AWS::IAM::Role") {
		for _, policy := range list(at(t, "Resources."+role+".Properties.Policies")) {
			for _, s := range list(at(policy, "PolicyDocument.Statement")) {
				raw, _ := s.(tree)
				condition, _ := raw["Condition"].(tree)
				out = append(out, statement{role, texts(raw["Action"]), texts(raw["Resource"]), condition, raw})
			}
		}
	}
	return out
}

func (s statement) touches(table string) bool {
	return slices.ContainsFunc(s.resources, func(r string) bool {
		return r == table+".Arn" || strings.Contains(r, "${"+table+"}") || strings.Contains(r, "${"+table+".Arn}")
	})
}

func (s statement) allows(actions ...string) bool {
	return slices.ContainsFunc(s.actions, func(a string) bool { return slices.Contains(actions, a) })
}

// grant adds a statement to a function's role.
func grant(function, action string, resource any, condition tree) func(tree) {
	return func(t tree) {
		policy := at(t, "Resources."+function+"Role.Properties.Policies.0.PolicyDocument").(tree)
		s := tree{"Sid": "Seeded", "Effect": "Allow", "Action": action, "Resource": resource}
		if condition != nil {
			s["Condition"] = condition
		}
		policy["Statement"] = append(list(policy["Statement"]), s)
	}
}

// alter changes one member of a statement, which is found by its Sid; nil removes it.
func alter(function, sid, member string, value any) func(tree) {
	return func(t tree) {
		for _, s := range list(at(t, "Resources."+function+"Role.Properties.Policies.0.PolicyDocument.Statement")) {
			if m := s.(tree); m["Sid"] == sid {
				if value == nil {
					delete(m, member)
				} else {
					m[member] = value
				}
				return
			}
		}
		panic("no statement " + sid + " in " + function)
	}
}

func arn(name string) tree { return tree{"Fn::GetAtt": []any{name, "Arn"}} }

var inTransaction = tree{"ForAnyValue:StringEquals": tree{"dynamodb:EnclosingOperation": []any{"TransactWriteItems"}}}

// P3: table bindings is written by verify alone, by Put, inside a transaction.
func TestOnlyVerifyMayPutBindings(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		puts := 0
		for _, s := range statements(t) {
			if !s.touches("Bindings") || !s.allows("dynamodb:PutItem") {
				continue
			}
			puts++
			if s.role != "VerifyRole" {
				out = append(out, s.role+" may put bindings")
			}
			if fmt.Sprint(s.condition) != fmt.Sprint(inTransaction) {
				out = append(out, s.role+" may put bindings outside a transaction")
			}
			if len(s.actions) > 1 || len(s.resources) > 1 {
				out = append(out, s.role+": the Put of bindings stands with other permissions")
			}
		}
		if puts != 1 {
			out = append(out, fmt.Sprintf("%d statements put bindings, want 1", puts))
		}
		return out
	},
		fault{"bind may put too", grant("Bind", "dynamodb:PutItem", arn("Bindings"), inTransaction)},
		fault{"verify may put outside a transaction", alter("Verify", "Bind", "Condition", nil)},
		fault{"inside any operation", alter("Verify", "Bind", "Condition", tree{"ForAnyValue:StringEquals": tree{"dynamodb:EnclosingOperation": []any{"TransactWriteItems", "PutItem"}}})},
		fault{"true when the key is absent", alter("Verify", "Bind", "Condition", tree{"ForAllValues:StringEquals": tree{"dynamodb:EnclosingOperation": []any{"TransactWriteItems"}}})},
		fault{"nobody may put", alter("Verify", "Bind", "Action", "dynamodb:ConditionCheckItem")},
		fault{"put by an ARN spelt out", grant("Mailer", "dynamodb:PutItem", tree{"Fn::Sub": "${Bindings.Arn}"}, nil)},
	)
}

// P3: no function changes or removes a binding.
func TestNobodyMayChangeBindings(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		for _, s := range statements(t) {
			if !s.touches("Bindings") {
				continue
			}
			for _, a := range s.actions {
				if !slices.Contains([]string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem"}, a) {
					out = append(out, fmt.Sprintf("%s may %s on bindings", s.role, a))
				}
			}
		}
		return out
	},
		fault{"verify may update", alter("Verify", "Accounts", "Resource", []any{arn("Accounts"), arn("Bindings")})},
		fault{"mailer may delete", grant("Mailer", "dynamodb:DeleteItem", arn("Bindings"), nil)},
		fault{"status may change the table", grant("Status", "dynamodb:UpdateTimeToLive", arn("Bindings"), nil)},
	)
}

// A password is written by who hashed it, and by a recovery only together with the challenge that allows it.
func TestOnlyResetAndCredentialMayWriteCredentials(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		for _, s := range statements(t) {
			if !s.touches("Credentials") {
				continue
			}
			if s.role != "ResetRole" && s.role != "CredentialRole" {
				out = append(out, s.role+" has to do with credentials")
			}
			for _, a := range s.actions {
				if a != "dynamodb:GetItem" && a != "dynamodb:UpdateItem" {
					out = append(out, fmt.Sprintf("%s may %s on credentials", s.role, a))
				}
			}
			if s.role == "ResetRole" && s.allows("dynamodb:UpdateItem") && fmt.Sprint(s.condition) != fmt.Sprint(inTransaction) {
				out = append(out, "ResetRole may write credentials outside a transaction")
			}
		}
		return out
	},
		fault{"recover may write them", grant("Recover", "dynamodb:UpdateItem", arn("Credentials"), inTransaction)},
		fault{"verify may read them", grant("Verify", "dynamodb:GetItem", arn("Credentials"), nil)},
		fault{"mailer reads them with the rest", alter("Mailer", "Read", "Resource", []any{arn("Accounts"), arn("Credentials")})},
		fault{"credential may replace them", grant("Credential", "dynamodb:PutItem", arn("Credentials"), nil)},
		fault{"reset may write them alone", alter("Reset", "Change", "Condition", nil)},
	)
}

// "Nobody: Scan, Query, DeleteItem, BatchWriteItem, PartiQL"; nor anything by wildcard or reversal.
func TestNobodyMayScanQueryOrDelete(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		for _, s := range statements(t) {
			for _, a := range s.actions {
				service, verb, _ := strings.Cut(a, ":")
				if strings.Contains(a, "*") ||
					service == "dynamodb" && (slices.Contains([]string{"Scan", "Query", "DeleteItem", "BatchWriteItem"}, verb) || strings.HasPrefix(verb, "PartiQL")) {
					out = append(out, fmt.Sprintf("%s may %s", s.role, a))
				}
			}
			if s.raw["NotAction"] != nil || s.raw["NotResource"] != nil || s.raw["Effect"] != "Allow" {
				out = append(out, s.role+" says what it may by what it may not")
			}
		}
		return out
	},
		fault{"scan", alter("Status", "Accounts", "Action", []any{"dynamodb:GetItem", "dynamodb:Scan"})},
		fault{"query", grant("Bind", "dynamodb:Query", arn("Accounts"), nil)},
		fault{"PartiQL", grant("Bind", "dynamodb:PartiQLUpdate", arn("Accounts"), nil)},
		fault{"batch write", grant("Mailer", "dynamodb:BatchWriteItem", arn("Limits"), nil)},
		fault{"wildcard", alter("Bind", "Accounts", "Action", "dynamodb:*Item")},
		fault{"all but", alter("Bind", "Accounts", "NotAction", "dynamodb:PutItem")},
	)
}

// No permission speaks of every resource, and none is hidden in a managed policy or in SAM's generated role.
func TestNoPermissionIsForEverything(t *testing.T) {
	streams := []string{"${Accounts.Arn}/stream/*", "${Recoveries.Arn}/stream/*"} // their ARNs end with the time they began
	hold(t, func(t tree) []string {
		var out []string
		for _, s := range statements(t) {
			if len(s.resources) == 0 {
				out = append(out, s.role+": a statement without resource")
			}
			for _, r := range s.resources {
				if r == "*" || strings.HasPrefix(r, "arn:*") || strings.HasSuffix(r, ":*") || strings.Contains(r, "/*") && !slices.Contains(streams, r) {
					out = append(out, fmt.Sprintf("%s: %v on %s", s.role, s.actions, r))
				}
			}
		}
		for _, role := range resources(t, "AWS::IAM::Role") {
			if at(t, "Resources."+role+".Properties.ManagedPolicyArns") != nil {
				out = append(out, role+" takes managed policies")
			}
		}
		for _, f := range functions(t) {
			out = append(out, want(t, "Resources."+f+".Properties.Role", arn(f+"Role"))...)
			if at(t, "Resources."+f+".Properties.Policies") != nil {
				out = append(out, f+" has policies beside its role")
			}
		}
		return out
	},
		fault{"star", alter("Bind", "Accounts", "Resource", "*")},
		fault{"all tables", alter("Bind", "Accounts", "Resource", tree{"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"})},
		fault{"all secrets", alter("Bind", "Keys", "Resource", tree{"Fn::Sub": "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:*"})},
		fault{"managed policy", set("Resources.BindRole.Properties.ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"})},
		fault{"generated role", drop("Resources.Bind.Properties.Role")},
		fault{"another's role", set("Resources.Bind.Properties.Role", arn("VerifyRole"))},
		fault{"SAM policy template", set("Resources.Bind.Properties.Policies", []any{tree{"DynamoDBCrudPolicy": tree{"TableName": "x"}}})},
	)
}

// Who may do what, for the functions there are. !key means: row k only.
func TestEachFunctionMayDoWhatTheDesignSays(t *testing.T) {
	const (
		fingerprint = "dynamodb:GetItem Bindings.Arn !key"
		dataKey     = "secretsmanager:GetSecretValue DataKey"
		tokenKey    = "secretsmanager:GetSecretValue TokenKey"
		update      = "dynamodb:UpdateItem Accounts.Arn"
		ses         = "ses:SendEmail arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
		bus         = "events:PutEvents arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${EventBus} !ours"
	)
	var streams []string
	for _, table := range []string{"Accounts", "Recoveries"} {
		for _, action := range []string{"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"} {
			streams = append(streams, "dynamodb:"+action+" ${"+table+".Arn}/stream/*")
		}
	}
	design := map[string][]string{
		"Bind":   {update, fingerprint, dataKey, tokenKey},
		"Status": {"dynamodb:GetItem Accounts.Arn", fingerprint, dataKey, tokenKey},
		"Resend": {update, fingerprint, dataKey, tokenKey},
		"Verify": {update, "dynamodb:PutItem Bindings.Arn !transaction", fingerprint, dataKey, tokenKey},
		"Page":   {tokenKey},
		// The bell: no read of any table, so that nothing differs by what is there.
		"Recover": {"dynamodb:UpdateItem Limits.Arn", "dynamodb:UpdateItem Recoveries.Arn", fingerprint, dataKey, tokenKey},
		"Reset": {"dynamodb:UpdateItem Recoveries.Arn", "dynamodb:UpdateItem Credentials.Arn !transaction", update + " !transaction",
			"dynamodb:GetItem Credentials.Arn", fingerprint, dataKey, tokenKey},
		"Credential": {"dynamodb:UpdateItem Recoveries.Arn", "dynamodb:UpdateItem Credentials.Arn", update, "dynamodb:UpdateItem Limits.Arn",
			"dynamodb:GetItem Credentials.Arn", "dynamodb:GetItem Accounts.Arn", fingerprint, dataKey, tokenKey},
		"Mailer": append([]string{"dynamodb:BatchGetItem Accounts.Arn", "dynamodb:BatchGetItem Bindings.Arn", "dynamodb:BatchGetItem Recoveries.Arn",
			update, "dynamodb:UpdateItem Recoveries.Arn", "dynamodb:UpdateItem Limits.Arn",
			fingerprint, dataKey, tokenKey, "sqs:SendMessage MailerFailures.Arn",
			ses + "identity/${Identity} !from", ses + "identity/${FromAddress} !from",
			ses + "configuration-set/${VerifySet} !from", ses + "configuration-set/${RecoverSet} !from"}, streams...),
		"Events":   append([]string{"dynamodb:GetItem Accounts.Arn", fingerprint, dataKey, "sqs:SendMessage EventsFailures.Arn", bus}, streams...),
		"Feedback": {update, fingerprint, dataKey, "sqs:SendMessage FeedbackFailures.Arn"},
	}
	conditions := map[string]string{
		fmt.Sprint(tree(nil)):     "",
		fmt.Sprint(inTransaction): " !transaction",
		fmt.Sprint(tree{"ForAllValues:StringEquals": tree{"dynamodb:LeadingKeys": []any{"k"}}, "Null": tree{"dynamodb:LeadingKeys": "false"}}): " !key",
		fmt.Sprint(tree{"StringEquals": tree{"ses:FromAddress": tree{"Ref": "FromAddress"}}}):                                                  " !from",
		fmt.Sprint(tree{"ForAllValues:StringEquals": tree{"events:source": []any{"mailbind"}}, "Null": tree{"events:source": "false"}}):        " !ours",
	}
	hold(t, func(t tree) []string {
		got := map[string][]string{}
		for _, s := range statements(t) {
			mark, known := conditions[fmt.Sprint(s.condition)]
			if !known {
				mark = fmt.Sprint(" ", s.condition)
			}
			function := strings.TrimSuffix(s.role, "Role")
			for _, a := range s.actions {
				for _, r := range s.resources {
					got[function] = append(got[function], a+" "+r+mark)
				}
			}
		}
		out := differ("functions", functions(t), slices.Sorted(maps.Keys(design)))
		for _, f := range functions(t) {
			log := f + "Log.Arn"
			out = append(out, differ(f, got[f], append(design[f], "logs:CreateLogStream "+log, "logs:PutLogEvents "+log))...)
		}
		return out
	},
		fault{"page reads the data key", alter("Page", "Keys", "Resource", []any{tree{"Ref": "TokenKey"}, tree{"Ref": "DataKey"}})},
		fault{"bind reads accounts", alter("Bind", "Accounts", "Action", []any{"dynamodb:UpdateItem", "dynamodb:GetItem"})},
		fault{"every row is a fingerprint", alter("Status", "Fingerprint", "Condition", nil)},
		fault{"another row is", alter("Status", "Fingerprint", "Condition", tree{"ForAllValues:StringEquals": tree{"dynamodb:LeadingKeys": []any{"*"}}, "Null": tree{"dynamodb:LeadingKeys": "false"}})},
		fault{"a request without key is", alter("Status", "Fingerprint", "Condition", tree{"ForAllValues:StringEquals": tree{"dynamodb:LeadingKeys": []any{"k"}}})},
		fault{"mails from any address", alter("Mailer", "Mail", "Condition", nil)},
		fault{"status sends mail", grant("Status", "ses:SendEmail", "arn:aws:ses:us-east-1:123456789012:identity/example.com", nil)},
		fault{"mailer may not read bindings", alter("Mailer", "Read", "Resource", arn("Accounts"))},
		fault{"events on every bus", alter("Events", "Publish", "Resource", tree{"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/*"})},
		fault{"events of any source", alter("Events", "Publish", "Condition", nil)},
		fault{"events without a source", alter("Events", "Publish", "Condition", tree{"ForAllValues:StringEquals": tree{"events:source": []any{"mailbind"}}})},
		fault{"events in another's name", alter("Events", "Publish", "Condition", tree{"ForAllValues:StringEquals": tree{"events:source": []any{"mailbind", "orders"}}, "Null": tree{"events:source": "false"}})},
		fault{"verify publishes too", grant("Verify", "events:PutEvents", "arn:aws:events:us-east-1:123456789012:event-bus/default", nil)},
		fault{"events reads recoveries", alter("Events", "Accounts", "Resource", []any{arn("Accounts"), arn("Recoveries")})},
		fault{"events reads accounts in batches", alter("Events", "Accounts", "Action", "dynamodb:BatchGetItem")},
		fault{"recover reads bindings", alter("Recover", "Fingerprint", "Condition", nil)},
		fault{"recover reads recoveries", alter("Recover", "Bell", "Action", []any{"dynamodb:UpdateItem", "dynamodb:GetItem"})},
		fault{"reset writes accounts alone", alter("Reset", "Change", "Condition", nil)},
		fault{"reset reads accounts", alter("Reset", "Repeat", "Resource", []any{arn("Credentials"), arn("Accounts")})},
		fault{"credential reads recoveries", alter("Credential", "Read", "Resource", []any{arn("Credentials"), arn("Accounts"), arn("Recoveries")})},
		fault{"mailer reads one stream", alter("Mailer", "Stream", "Resource", tree{"Fn::Sub": "${Accounts.Arn}/stream/*"})},
		fault{"events reads the token key", alter("Events", "Keys", "Resource", []any{tree{"Ref": "DataKey"}, tree{"Ref": "TokenKey"}})},
		fault{"feedback reads accounts", alter("Feedback", "Accounts", "Action", []any{"dynamodb:UpdateItem", "dynamodb:GetItem"})},
		fault{"feedback reads bindings", alter("Feedback", "Fingerprint", "Condition", nil)},
		fault{"feedback reads the token key", alter("Feedback", "Keys", "Resource", []any{tree{"Ref": "DataKey"}, tree{"Ref": "TokenKey"}})},
		fault{"feedback sends mail", grant("Feedback", "ses:SendEmail", "arn:aws:ses:us-east-1:123456789012:identity/example.com", nil)},
		fault{"what feedback failed at goes nowhere", alter("Feedback", "Failures", "Resource", arn("EventsFailures"))},
		fault{"a function that the design lacks", func(t tree) { set("Resources.Spy", at(t, "Resources.Status"))(t) }},
	)
}

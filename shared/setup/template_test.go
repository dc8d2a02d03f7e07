package setup_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// P3: a TTL is a deletion that no permission forbids, a stream a copy that somebody could act on. So for password hashes.
func TestBindingsAndCredentialsHaveNoTTLAndNoStream(t *testing.T) {
	hold(t, func(t tree) []string {
		allowed := []string{
			"TableName", "BillingMode", "OnDemandThroughput", "AttributeDefinitions", "KeySchema", "DeletionProtectionEnabled", "PointInTimeRecoverySpecification",
		}
		return slices.Concat(
			differ("properties of Bindings", keys(at(t, "Resources.Bindings.Properties")), allowed),
			differ("properties of Credentials", keys(at(t, "Resources.Credentials.Properties")), allowed))
	},
		fault{"TTL", set("Resources.Bindings.Properties.TimeToLiveSpecification", tree{"AttributeName": "ttl", "Enabled": true})},
		fault{"stream", set("Resources.Bindings.Properties.StreamSpecification", tree{"StreamViewType": "NEW_IMAGE"})},
		fault{"index", set("Resources.Bindings.Properties.GlobalSecondaryIndexes", []any{})},
		fault{"TTL of passwords", set("Resources.Credentials.Properties.TimeToLiveSpecification", tree{"AttributeName": "ttl", "Enabled": true})},
		fault{"stream of passwords", set("Resources.Credentials.Properties.StreamSpecification", tree{"StreamViewType": "KEYS_ONLY"})},
	)
}

// Tables and keys outlive the stack, and no edit replaces a full one by an empty one: fixed names forbid it.
func TestTablesAndKeysSurviveTheStack(t *testing.T) {
	tables := []string{"Accounts", "Bindings", "Credentials", "Limits", "Recoveries"}
	hold(t, func(t tree) []string {
		out := differ("tables", resources(t, "AWS::DynamoDB::Table"), tables)
		out = append(out, differ("secrets", resources(t, "AWS::SecretsManager::Secret"), []string{"DataKey", "TokenKey"})...)
		for _, name := range append([]string{"DataKey", "TokenKey"}, tables...) {
			for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
				out = append(out, want(t, "Resources."+name+"."+policy, "Retain")...)
			}
		}
		for _, name := range tables {
			p := "Resources." + name + ".Properties."
			out = append(out, want(t, p+"TableName", tree{"Fn::Sub": "${AWS::StackName}-" + strings.ToLower(name)})...)
			out = append(out, want(t, p+"BillingMode", "PAY_PER_REQUEST")...)
			out = append(out, want(t, p+"OnDemandThroughput.MaxWriteRequestUnits", tree{"Ref": "WriteCap"})...)
			out = append(out, want(t, p+"AttributeDefinitions", []any{tree{"AttributeName": "pk", "AttributeType": "S"}})...)
			out = append(out, want(t, p+"KeySchema", []any{tree{"AttributeName": "pk", "KeyType": "HASH"}})...)
			if name != "Limits" {
				out = append(out, want(t, p+"DeletionProtectionEnabled", true)...)
				out = append(out, want(t, p+"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", true)...)
			}
			if name != "Bindings" && name != "Credentials" {
				out = append(out, want(t, p+"TimeToLiveSpecification", tree{"AttributeName": "ttl", "Enabled": true})...)
			}
		}
		for name, view := range map[string]any{"Accounts": "NEW_AND_OLD_IMAGES", "Recoveries": "NEW_AND_OLD_IMAGES", "Limits": nil} {
			out = append(out, want(t, "Resources."+name+".Properties.StreamSpecification.StreamViewType", view)...)
		}
		return out
	},
		fault{"table goes with the stack", set("Resources.Bindings.DeletionPolicy", "Delete")},
		fault{"table goes when replaced", drop("Resources.Accounts.UpdateReplacePolicy")},
		fault{"table without fixed name", drop("Resources.Bindings.Properties.TableName")},
		fault{"no backup", drop("Resources.Accounts.Properties.PointInTimeRecoverySpecification")},
		fault{"no protection", set("Resources.Bindings.Properties.DeletionProtectionEnabled", false)},
		fault{"sort key", set("Resources.Accounts.Properties.KeySchema", []any{})},
		fault{"no cap on writes", drop("Resources.Limits.Properties.OnDemandThroughput")},
		fault{"other TTL attribute", set("Resources.Limits.Properties.TimeToLiveSpecification.AttributeName", "expires")},
		fault{"recoveries for ever", drop("Resources.Recoveries.Properties.TimeToLiveSpecification")},
		fault{"recoveries without stream", drop("Resources.Recoveries.Properties.StreamSpecification")},
		fault{"stream of counters", set("Resources.Limits.Properties.StreamSpecification", tree{"StreamViewType": "KEYS_ONLY"})},
		fault{"passwords go with the stack", set("Resources.Credentials.UpdateReplacePolicy", "Snapshot")},
		fault{"passwords without backup", drop("Resources.Credentials.Properties.PointInTimeRecoverySpecification")},
		fault{"new image alone", set("Resources.Accounts.Properties.StreamSpecification.StreamViewType", "NEW_IMAGE")},
		fault{"key goes with the stack", drop("Resources.DataKey.DeletionPolicy")},
		fault{"key goes when replaced", set("Resources.TokenKey.UpdateReplacePolicy", "Delete")},
	)
}

// Keys are made by AWS, stand nowhere in the template, and reach a function by name, never as a value.
func TestSecretsAreGeneratedAndNeverWrittenDown(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		for _, name := range resources(t, "AWS::SecretsManager::Secret") {
			p := "Resources." + name + ".Properties"
			out = append(out, differ(name, keys(at(t, p)), []string{"Name", "Description", "GenerateSecretString"})...)
			out = append(out, want(t, p+".GenerateSecretString", tree{"PasswordLength": 64, "ExcludePunctuation": true})...)
		}
		// A resolved reference would put the value into the function's settings, for everybody who may list them.
		if strings.Contains(fmt.Sprint(t), "{{resolve:") {
			out = append(out, "a dynamic reference")
		}
		return out
	},
		fault{"plain text", set("Resources.DataKey.Properties.SecretString", "correct horse")},
		fault{"short", set("Resources.TokenKey.Properties.GenerateSecretString.PasswordLength", 16)},
		fault{"value in settings", set("Globals.Function.Environment.Variables.KEY", tree{"Fn::Sub": "{{resolve:secretsmanager:${TokenKey}}}"})},
	)
}

// Tracking would rewrite the link and hand the token to SES's events. The recover set's list is present and empty: that
// overrides the account's suppression list; leaving it out would not.
func TestConfigurationSetsKeepMailPrivateAndRecoveryOpen(t *testing.T) {
	hold(t, func(t tree) []string {
		out := differ("configuration sets", resources(t, "AWS::SES::ConfigurationSet"), []string{"RecoverSet", "VerifySet"})
		for name, reasons := range map[string][]any{"VerifySet": {"BOUNCE", "COMPLAINT"}, "RecoverSet": {}} {
			p := "Resources." + name + ".Properties"
			out = append(out, differ(name, keys(at(t, p)), []string{"DeliveryOptions", "ReputationOptions", "SendingOptions", "SuppressionOptions"})...)
			got, ok := at(t, p+".SuppressionOptions.SuppressedReasons").([]any)
			if !ok || fmt.Sprint(got) != fmt.Sprint(reasons) {
				out = append(out, fmt.Sprintf("%s suppresses %v (list: %v)", name, got, ok))
			}
			out = append(out, want(t, p+".DeliveryOptions.TlsPolicy", map[string]string{"VerifySet": "OPTIONAL", "RecoverSet": "REQUIRE"}[name])...)
			out = append(out, want(t, p+".ReputationOptions.ReputationMetricsEnabled", true)...)
		}
		return out
	},
		fault{"recovery suppressed", set("Resources.RecoverSet.Properties.SuppressionOptions.SuppressedReasons", []any{"COMPLAINT"})},
		fault{"list left out", drop("Resources.RecoverSet.Properties.SuppressionOptions.SuppressedReasons")},
		fault{"options left out", drop("Resources.RecoverSet.Properties.SuppressionOptions")},
		fault{"bounces mailed again", set("Resources.VerifySet.Properties.SuppressionOptions.SuppressedReasons", []any{"COMPLAINT"})},
		fault{"tracking", set("Resources.VerifySet.Properties.TrackingOptions", tree{"CustomRedirectDomain": "click.example.com"})},
		fault{"engagement", set("Resources.VerifySet.Properties.VdmOptions", tree{"DashboardOptions": tree{"EngagementMetrics": "ENABLED"}})},
		fault{"plain text transport", set("Resources.RecoverSet.Properties.DeliveryOptions.TlsPolicy", "OPTIONAL")},
	)
}

// Exactly the settings a function reads: one less and it refuses to start, one more and it could do more.
func TestEachFunctionGetsExactlyItsSettings(t *testing.T) {
	all := map[string]string{
		"AWS_NEW_RETRIES_2026": "true", "AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026": "true", "GOGC": "400", "MAILBIND_STAGE": "Stage", "MAILBIND_EPOCH": "Epoch",
	}
	sources := map[string]string{
		"NAMESPACE": "Namespace", "ACCOUNTS_TABLE": "Accounts", "BINDINGS_TABLE": "Bindings", "LIMITS_TABLE": "Limits",
		"RECOVERIES_TABLE": "Recoveries", "CREDENTIALS_TABLE": "Credentials", "DATA_KEY": "DataKey", "TOKEN_KEY": "TokenKey",
		"LABEL_CLAIM": "LabelClaim", "LOCALE_CLAIM": "LocaleClaim", "RECENT_LOGIN": "RecentLogin", "BIND_SCOPE": "BindScope", "OWN_DOMAINS": "OwnDomains",
		"PLATFORM": "Platform", "SUPPORT": "Support", "BASE_URL": "BaseUrl", "FROM": "FromAddress", "VERIFY_SET": "VerifySet", "RECOVER_SET": "RecoverSet",
		"EVENT_BUS": "EventBus", "PASSWORD_MODE": "PasswordMode", "HOST_RETURN_URL": "HostReturnURL", "FIRST_PASSWORD": "AllowFirstPassword",
		"PASSWORD_MEMORY": "PasswordMemory", "PASSWORD_PASSES": "PasswordPasses",
		"HOLD_VERIFY": "HoldVerifyMail", "REFUSE_DISPOSABLE": "RefuseDisposable", "DISPOSABLE_DOMAINS": "DisposableDomains",
	}
	const session = "NAMESPACE ACCOUNTS_TABLE BINDINGS_TABLE DATA_KEY TOKEN_KEY LABEL_CLAIM LOCALE_CLAIM FROM"
	reads := map[string]string{
		"Bind": session + " RECENT_LOGIN BIND_SCOPE OWN_DOMAINS REFUSE_DISPOSABLE DISPOSABLE_DOMAINS", "Status": session, "Resend": session,
		"Verify": session + " PLATFORM SUPPORT BASE_URL", "Page": "TOKEN_KEY PLATFORM SUPPORT BASE_URL PASSWORD_MODE",
		"Recover": "NAMESPACE BINDINGS_TABLE RECOVERIES_TABLE LIMITS_TABLE DATA_KEY TOKEN_KEY PLATFORM SUPPORT BASE_URL PASSWORD_MODE HOST_RETURN_URL",
		"Reset": "NAMESPACE ACCOUNTS_TABLE BINDINGS_TABLE RECOVERIES_TABLE CREDENTIALS_TABLE DATA_KEY TOKEN_KEY PLATFORM SUPPORT BASE_URL " +
			"PASSWORD_MODE FIRST_PASSWORD PASSWORD_MEMORY PASSWORD_PASSES",
		"Credential": "NAMESPACE ACCOUNTS_TABLE BINDINGS_TABLE RECOVERIES_TABLE CREDENTIALS_TABLE LIMITS_TABLE DATA_KEY TOKEN_KEY PLATFORM BASE_URL " +
			"PASSWORD_MODE PASSWORD_MEMORY PASSWORD_PASSES",
		"Mailer": "NAMESPACE ACCOUNTS_TABLE BINDINGS_TABLE RECOVERIES_TABLE LIMITS_TABLE DATA_KEY TOKEN_KEY BASE_URL PLATFORM SUPPORT FROM VERIFY_SET RECOVER_SET " +
			"HOLD_VERIFY",
		"Events":   "ACCOUNTS_TABLE BINDINGS_TABLE RECOVERIES_TABLE DATA_KEY EVENT_BUS",
		"Feedback": "ACCOUNTS_TABLE BINDINGS_TABLE DATA_KEY",
	}
	const bind = "Resources.Bind.Properties.Environment.Variables."
	hold(t, func(t tree) []string {
		var out []string
		for _, f := range functions(t) {
			var got, wanted []string
			for _, place := range []string{"Globals.Function", "Resources." + f + ".Properties"} {
				for _, name := range keys(at(t, place+".Environment.Variables")) {
					got = append(got, name+"="+text(at(t, place+".Environment.Variables."+name)))
				}
			}
			for name, value := range all {
				wanted = append(wanted, name+"="+value)
			}
			for name := range strings.FieldsSeq(reads[f]) {
				wanted = append(wanted, "MAILBIND_"+name+"="+sources[name])
			}
			out = append(out, differ(f, got, wanted)...)
		}
		return out
	},
		fault{"one missing", drop(bind + "MAILBIND_OWN_DOMAINS")},
		fault{"one more", set(bind+"MAILBIND_VERIFY_SET", tree{"Ref": "VerifySet"})},
		fault{"another table", set(bind+"MAILBIND_ACCOUNTS_TABLE", tree{"Ref": "Bindings"})},
		fault{"page knows the data key", set("Resources.Page.Properties.Environment.Variables.MAILBIND_DATA_KEY", tree{"Ref": "DataKey"})},
		fault{"recover knows accounts", set("Resources.Recover.Properties.Environment.Variables.MAILBIND_ACCOUNTS_TABLE", tree{"Ref": "Accounts"})},
		fault{"reset hashes as it likes", drop("Resources.Reset.Properties.Environment.Variables.MAILBIND_PASSWORD_MEMORY")},
		fault{"events knows the token key", set("Resources.Events.Properties.Environment.Variables.MAILBIND_TOKEN_KEY", tree{"Ref": "TokenKey"})},
		fault{"nobody can hold verify mails", drop("Resources.Mailer.Properties.Environment.Variables.MAILBIND_HOLD_VERIFY")},
		fault{"feedback knows the token key", set("Resources.Feedback.Properties.Environment.Variables.MAILBIND_TOKEN_KEY", tree{"Ref": "TokenKey"})},
		fault{"feedback knows bound addresses", set("Resources.Feedback.Properties.Environment.Variables.MAILBIND_ACCOUNTS_TABLE", tree{"Ref": "Bindings"})},
		fault{"always the default bus", set("Resources.Events.Properties.Environment.Variables.MAILBIND_EVENT_BUS", "default")},
		fault{"endpoint of another place", set(bind+"MAILBIND_DYNAMODB_ENDPOINT", "http://127.0.0.1:8000")},
		fault{"default retries", drop("Globals.Function.Environment.Variables.AWS_NEW_RETRIES_2026")},
	)
}

// Two functions with one CodeUri get one binary, and sam's cache looks at CodeUri alone: both fail without a word.
func TestEachFunctionIsBuiltFromItsOwnFolder(t *testing.T) {
	hold(t, func(t tree) []string {
		out := want(t, "Globals.Function.Runtime", "provided.al2023")
		out = append(out, want(t, "Globals.Function.Architectures", []any{"arm64"})...)
		out = append(out, want(t, "Globals.Function.Handler", "bootstrap")...)
		out = append(out, want(t, "Globals.Function.LoggingConfig.LogFormat", "JSON")...)
		for _, f := range functions(t) {
			p, name := "Resources."+f+".", strings.ToLower(f)
			out = append(out, want(t, p+"Metadata.BuildMethod", "go1.x")...)
			out = append(out, want(t, p+"Properties.CodeUri", "functions/"+name+"/")...)
			out = append(out, want(t, p+"Properties.FunctionName", tree{"Fn::Sub": "${AWS::StackName}-" + name})...)
			out = append(out, want(t, p+"Properties.LoggingConfig.LogGroup", tree{"Ref": f + "Log"})...)
			out = append(out, want(t, p+"Properties.AutoPublishAliasAllProperties", true)...)
			for _, own := range []string{"Runtime", "Architectures", "Handler"} {
				if at(t, p+"Properties."+own) != nil {
					out = append(out, f+" has its own "+own)
				}
			}
		}
		return out
	},
		fault{"one folder for all", set("Resources.Mailer.Properties.CodeUri", ".")},
		fault{"another's folder", set("Resources.Mailer.Properties.CodeUri", "functions/bind/")},
		fault{"another builder", set("Resources.Mailer.Metadata.BuildMethod", "makefile")},
		fault{"another processor", set("Resources.Page.Properties.Architectures", []any{"x86_64"})},
		fault{"log group of another", set("Resources.Page.Properties.LoggingConfig.LogGroup", tree{"Ref": "BindLog"})},
		fault{"settings that publish no version", drop("Resources.Page.Properties.AutoPublishAliasAllProperties")},
	)
	config, err := os.ReadFile("../../samconfig.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"cached = false", "build_in_source = true", "lint = true"} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).Match(config) {
			t.Errorf("samconfig.toml does not say %s", line)
		}
	}
}

// An alarm nobody hears is none; one on a name that no function or metric has stays green for ever.
func TestAlarmsWatchWhatThereIsAndReachTheTopic(t *testing.T) {
	hold(t, func(t tree) []string {
		var got, out []string
		room := map[string]int{}
		for _, name := range resources(t, "AWS::CloudWatch::Alarm") {
			p := "Resources." + name + ".Properties"
			out = append(out, want(t, p+".AlarmActions", tree{"Fn::If": []any{"HasAlarmTopic", []any{tree{"Ref": "AlarmTopic"}}, tree{"Ref": "AWS::NoValue"}}})...)
			if !strings.Contains(fmt.Sprint(at(t, p+".AlarmDescription")), "First step: ") {
				out = append(out, name+" does not say what to do first")
			}
			metrics := []any{at(t, p)}
			if maths := list(at(t, p+".Metrics")); maths != nil {
				metrics = nil
				for _, m := range maths {
					if metric := at(m, "MetricStat.Metric"); metric != nil {
						metrics = append(metrics, metric)
					}
				}
				// CloudWatch takes ten, and says so at deployment alone.
				if len(metrics) > 10 {
					out = append(out, fmt.Sprintf("%s has %d metrics", name, len(metrics)))
				}
				room[fmt.Sprint(at(metrics[0], "MetricName"))] += 10 - len(metrics)
			}
			for _, m := range metrics {
				where := []string{}
				for _, d := range list(at(m, "Dimensions")) {
					where = append(where, fmt.Sprint(at(d, "Name"), "=", text(at(d, "Value"))))
				}
				got = append(got, fmt.Sprintf("%v %v %s", at(m, "Namespace"), at(m, "MetricName"), strings.Join(where, ",")))
			}
		}
		for _, metric := range []string{"Throttles", "Outage", "KeyMismatch"} { // of every function
			if room[metric] < 3 {
				out = append(out, fmt.Sprintf("%s has room for %d more functions", metric, room[metric]))
			}
		}
		return append(out, differ("alarms", got, watched(functions(t)))...)
	},
		fault{"nobody is told", drop("Resources.MailLost.Properties.AlarmActions")},
		fault{"no first step", set("Resources.MailLost.Properties.AlarmDescription", "Bad.")},
		fault{"misspelt metric", set("Resources.MailerLate.Properties.MetricName", "IteratorAges")},
		fault{"function that is not there", set("Resources.BindErrors.Properties.Dimensions.0.Value", "bind")},
		fault{"forgotten function", drop("Resources.PageErrors")},
		fault{"late events", drop("Resources.EventsLate")},
		fault{"lost events", set("Resources.EventsLost.Properties.Dimensions.0.Value", tree{"Fn::GetAtt": []any{"MailerFailures", "QueueName"}})},
		fault{"broken events", drop("Resources.EventsBroken")},
		fault{"callers of another function", set("Resources.CallersLimited.Properties.Dimensions.0.Value", tree{"Fn::Sub": "${AWS::StackName}-reset"})},
		fault{"floods of another route", set("Resources.RecoveryFlood.Properties.Metrics.1.MetricStat.Metric.Dimensions.3.Value", "/v1/recover")},
		fault{"no conflicts of passwords", set("Resources.TablesConflicting.Properties.Metrics.4.MetricStat.Metric.Dimensions.0.Value", tree{"Ref": "Bindings"})},
		fault{"eleven metrics", func(t tree) {
			const metrics = "Resources.TablesThrottled.Properties.Metrics"
			set(metrics, append(list(at(t, metrics)), at(t, metrics+".1"), at(t, metrics+".2")))(t)
		}},
		fault{"no room for more functions", func(t tree) {
			const metrics = "Resources.Outages.Properties.Metrics"
			set(metrics, append(list(at(t, metrics)), list(at(t, "Resources.OutagesBehind.Properties.Metrics"))[1:]...))(t)
			drop("Resources.OutagesBehind")(t)
		}},
		fault{"forgotten background", drop("Resources.ThrottledBehind")},
		fault{"lost reports", set("Resources.FeedbackFailed.Properties.Dimensions.0.Value", tree{"Fn::GetAtt": []any{"EventsFailures", "QueueName"}})},
		fault{"a rule that nobody watches", drop("Resources.FeedbackLost.Properties.Metrics.4.MetricStat")},
		fault{"another name of a rule", set("Resources.FeedbackLost.Properties.Metrics.4.MetricStat.Metric.Dimensions.0.Value", "bounced")},
		fault{"broken reports", drop("Resources.FeedbackBroken")},
		fault{"the account's rate twice, a class's never", drop("Resources.VerifyBounces.Properties.Dimensions")},
		fault{"one class", set("Resources.RecoverComplaints.Properties.Dimensions.0.Value", tree{"Ref": "VerifySet"})},
		fault{"other namespace", set("Resources.MailQuota.Properties.Namespace", "Mailbind")},
		fault{"other dimension", set("Resources.MailQuota.Properties.Dimensions.0.Name", "FunctionName")},
	)
}

// watched are all metrics that must have an alarm: namespace, name, dimensions.
func watched(functions []string) []string {
	out := []string{
		"AWS/Lambda IteratorAge FunctionName=${AWS::StackName}-mailer", "AWS/SQS ApproximateNumberOfMessagesVisible QueueName=MailerFailures.QueueName",
		"AWS/Lambda IteratorAge FunctionName=${AWS::StackName}-events", "AWS/SQS ApproximateNumberOfMessagesVisible QueueName=EventsFailures.QueueName",
		"mailbind EventBroken Function=${AWS::StackName}-events",
		"AWS/SQS ApproximateNumberOfMessagesVisible QueueName=FeedbackFailures.QueueName", "mailbind FeedbackBroken Function=${AWS::StackName}-feedback",
		"AWS/ApiGateway 5xx ApiId=Api", "AWS/SES Reputation.BounceRate ", "AWS/SES Reputation.ComplaintRate ",
		"AWS/SES Reputation.BounceRate ses:configuration-set=VerifySet", "AWS/SES Reputation.ComplaintRate ses:configuration-set=VerifySet",
		"AWS/SES Reputation.BounceRate ses:configuration-set=RecoverSet", "AWS/SES Reputation.ComplaintRate ses:configuration-set=RecoverSet",
		"mailbind MailRejected Function=${AWS::StackName}-mailer", "mailbind MailBroken Function=${AWS::StackName}-mailer", "mailbind MailQuota Function=${AWS::StackName}-mailer",
		"mailbind CallerLimit Function=${AWS::StackName}-recover",
		"AWS/ApiGateway Count ApiId=Api,Stage=Api.Stage,Method=POST,Resource=/v1/recovery",
		"AWS/DynamoDB WriteThrottleEvents TableName=Limits", // written alone: no read, no transaction
	}
	for _, table := range []string{"Accounts", "Bindings", "Credentials", "Recoveries"} {
		for _, metric := range []string{"WriteThrottleEvents", "ReadThrottleEvents", "TransactionConflict"} {
			out = append(out, "AWS/DynamoDB "+metric+" TableName="+table)
		}
	}
	for event := range reports {
		out = append(out, "AWS/Events FailedInvocations RuleName=${AWS::StackName}-feedback-"+strings.ToLower(event))
	}
	for _, f := range functions {
		name := "${AWS::StackName}-" + strings.ToLower(f)
		out = append(out, "AWS/Lambda Errors FunctionName="+name, "AWS/Lambda Throttles FunctionName="+name, "mailbind Outage Function="+name)
		if f != "Page" { // it holds no data key
			out = append(out, "mailbind KeyMismatch Function="+name)
		}
	}
	return out
}

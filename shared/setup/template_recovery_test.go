package setup_test

import (
	"fmt"
	"testing"
)

// No stranger reaches credential: it has no route and no other source, its alias may be invoked by the one role that a parameter
// names, and an invocation that nobody waits for, with a password in it, is given up at once and goes nowhere.
func TestCredentialIsInvokedByThePlatformAlone(t *testing.T) {
	const invoke = "Resources.Credential.Properties.EventInvokeConfig"
	once := tree{"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
	hold(t, func(t tree) []string {
		out := differ("sources of credential", keys(at(t, "Resources.Credential.Properties.Events")), nil)
		if at(t, "Resources.Credential.Properties.FunctionUrlConfig") != nil {
			out = append(out, "credential has a URL")
		}
		out = append(out, want(t, invoke, once)...)
		out = append(out, want(t, "Resources.CredentialUnqualified", tree{"Type": "AWS::Lambda::EventInvokeConfig", "Properties": tree{
			"FunctionName": tree{"Ref": "Credential"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60,
		}})...)
		out = append(out, differ("permissions to invoke", resources(t, "AWS::Lambda::Permission"), []string{"CredentialPermission"})...)
		out = append(out, want(t, "Resources.CredentialPermission", tree{
			"Type": "AWS::Lambda::Permission", "Condition": "HasCredentialCaller", "Properties": tree{
				"Action": "lambda:InvokeFunction", "FunctionName": tree{"Ref": "Credential.Alias"}, "Principal": tree{"Ref": "CredentialCaller"},
			}})...)
		out = append(out, want(t, "Conditions.HasCredentialCaller", tree{"Fn::Not": []any{tree{"Fn::Equals": []any{tree{"Ref": "CredentialCaller"}, ""}}}})...)
		out = append(out, want(t, "Outputs.CredentialArn.Value", tree{"Ref": "Credential.Alias"})...)
		// A star or an account would be everybody there.
		return append(out, matches(t, "CredentialCaller", map[string]bool{
			"": true, "arn:aws:iam::123456789012:role/backend": true, "arn:aws-cn:iam::123456789012:role/path/backend": true,
			"*": false, "123456789012": false, "arn:aws:iam::123456789012:root": false, "arn:aws:iam::123456789012:user/ada": false,
			"lambda.amazonaws.com": false,
		})...)
	},
		fault{"a route", set("Resources.Credential.Properties.Events", tree{"Post": tree{"Type": "HttpApi"}})},
		fault{"a URL", set("Resources.Credential.Properties.FunctionUrlConfig", tree{"AuthType": "AWS_IAM"})},
		fault{"retries", set(invoke+".MaximumRetryAttempts", 2)},
		fault{"hours in a queue", drop(invoke + ".MaximumEventAgeInSeconds")},
		fault{"a copy of what failed", set(invoke+".DestinationConfig", tree{"OnFailure": tree{"Type": "SQS"}})},
		fault{"retries without the alias", drop("Resources.CredentialUnqualified")},
		fault{"everybody", set("Resources.CredentialPermission.Properties.Principal", "*")},
		fault{"every version", set("Resources.CredentialPermission.Properties.FunctionName", tree{"Ref": "Credential"})},
		fault{"everything", set("Resources.CredentialPermission.Properties.Action", "lambda:*")},
		fault{"nobody named, nobody refused", drop("Resources.CredentialPermission.Condition")},
		fault{"another may invoke", func(t tree) { set("Resources.More", at(t, "Resources.CredentialPermission"))(t) }},
		fault{"any principal", set("Parameters.CredentialCaller.AllowedPattern", ".*")},
	)
}

// One hash at a time is in work, and the memory of those before it may not be collected yet: five times what is in use, with
// GOGC 400. Its floor is OWASP's: m=19456 KiB, t=2.
func TestHashingHasItsMemory(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		for name, wanted := range map[string]any{
			"Memory.MinValue": 19456, "Memory.Default": 19456, "Memory.Type": "Number", "Passes.MinValue": 2, "Passes.Default": 2, "Passes.Type": "Number",
		} {
			out = append(out, want(t, "Parameters.Password"+name, wanted)...)
		}
		most, _ := at(t, "Parameters.PasswordMemory.MaxValue").(int)
		for _, f := range []string{"Reset", "Credential"} {
			memory, _ := at(t, "Resources."+f+".Properties.MemorySize").(int)
			if memory < 512 || most == 0 || memory*1024 < 5*most+128*1024 {
				out = append(out, fmt.Sprintf("%s has %d MB for hashes of up to %d KiB", f, memory, most))
			}
		}
		return append(out, want(t, "Globals.Function.Environment.Variables.GOGC", "400")...)
	},
		fault{"as the others", drop("Resources.Reset.Properties.MemorySize")},
		fault{"slow checks", set("Resources.Credential.Properties.MemorySize", 256)},
		fault{"any memory", drop("Parameters.PasswordMemory.MaxValue")},
		fault{"more than there is", set("Parameters.PasswordMemory.MaxValue", 1048576)},
		fault{"below the floor", set("Parameters.PasswordMemory.MinValue", 4096)},
		fault{"one pass", drop("Parameters.PasswordPasses.MinValue")},
		fault{"more garbage", set("Globals.Function.Environment.Variables.GOGC", "off")},
	)
}

// Red team 5: the three routes together stay under half of the 1,000 writes a second of one row, and what they cost the table
// (asking 1 and the mailer 2, a code 1, a password 1 and 2 in its transaction) under half of WriteCap.
func TestFloodsOfRecoveryLeaveRoom(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		rate, _ := at(t, "Parameters.RecoveryRate.Default").(int)
		most, _ := at(t, "Parameters.RecoveryRate.MaxValue").(int)
		writes, _ := at(t, "Parameters.WriteCap.Default").(int)
		if rate < 1 || most < rate || 3*most >= 500 {
			out = append(out, fmt.Sprintf("one row may get %d writes a second", 3*most))
		}
		if 7*rate >= writes/2 {
			out = append(out, fmt.Sprintf("recovery may take %d of %d writes a second", 7*rate, writes))
		}
		const flood = "Resources.RecoveryFlood.Properties."
		out = append(out, want(t, flood+"Metrics.0.Expression", tree{"Fn::Sub": "asked / (60 * ${RecoveryRate})"})...)
		out = append(out, want(t, flood+"Metrics.1.MetricStat.Stat", "Sum")...)
		out = append(out, want(t, flood+"Metrics.1.MetricStat.Period", 60)...)
		return append(out, want(t, flood+"Threshold", 0.5)...)
	},
		fault{"any rate", drop("Parameters.RecoveryRate.MaxValue")},
		fault{"all of a row's writes", set("Parameters.RecoveryRate.MaxValue", 350)},
		fault{"all of the table's", set("Parameters.RecoveryRate.Default", 100)},
		fault{"little room", set("Parameters.WriteCap.Default", 500)},
		fault{"told when people are refused", set("Resources.RecoveryFlood.Properties.Threshold", 1)},
		fault{"a rate of its own", set("Resources.RecoveryFlood.Properties.Metrics.0.Expression", "asked / 3000")},
	)
}

// A deployment that says host must say where people go; what it says stands in a Content-Security-Policy.
func TestHostModeNeedsAPlaceToReturnTo(t *testing.T) {
	hold(t, func(t tree) []string {
		out := want(t, "Parameters.PasswordMode.AllowedValues", []any{"managed", "host"})
		out = append(out, want(t, "Parameters.PasswordMode.Default", "managed")...)
		out = append(out, want(t, "Rules.HostMode.RuleCondition", tree{"Fn::Equals": []any{tree{"Ref": "PasswordMode"}, "host"}})...)
		out = append(out, want(t, "Rules.HostMode.Assertions.0.Assert", tree{"Fn::Not": []any{tree{"Fn::Equals": []any{tree{"Ref": "HostReturnURL"}, ""}}}})...)
		out = append(out, want(t, "Parameters.HostReturnURL.Default", "")...)
		// A first password by recovery is a way in that its account never had: on purpose alone.
		out = append(out, want(t, "Parameters.AllowFirstPassword.Default", "false")...)
		out = append(out, want(t, "Parameters.AllowFirstPassword.AllowedValues", []any{"true", "false"})...)
		return append(out, matches(t, "HostReturnURL", map[string]bool{
			"": true, "https://www.example.com/reset": true, "https://example.com": true, "https://example.com:8443/a/b?from=mail&x=1": true,
			"http://www.example.com/reset": false, "https://": false, "https://user@example.com/": false, "https://example.com/#top": false,
			"https://example.com/; script-src *": false, "https://*.example.com/": false, "https://example.com'": false, "javascript:alert(1)": false,
			"https://EXAMPLE.com/": false, "https://-example.com/": false,
		})...)
	},
		fault{"no rule", drop("Rules.HostMode")},
		fault{"rule for all", drop("Rules.HostMode.RuleCondition")},
		fault{"rule the wrong way round", set("Rules.HostMode.Assertions.0.Assert", tree{"Fn::Equals": []any{tree{"Ref": "HostReturnURL"}, ""}})},
		fault{"any mode", drop("Parameters.PasswordMode.AllowedValues")},
		fault{"plain text", set("Parameters.HostReturnURL.AllowedPattern", "(https?://.+)?")},
		fault{"any text", set("Parameters.HostReturnURL.AllowedPattern", "(https://.+)?")},
		fault{"first passwords", set("Parameters.AllowFirstPassword.Default", "true")},
	)
}

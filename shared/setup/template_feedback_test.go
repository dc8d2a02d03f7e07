package setup_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// reports are feedback's events, one rule each: EventBridge's name of what SES tells, CloudFormation's of what a configuration
// set is to tell, and the paths beside tag, told and mailed that are gone by.
var reports = map[string]struct {
	detailType, asked string
	paths             map[string]string
}{
	"Sent":      {"Email Sent", "send", map[string]string{"at": "mail.timestamp"}},
	"Delivered": {"Email Delivered", "delivery", map[string]string{"at": "delivery.timestamp"}},
	"Delayed":   {"Email Delivery Delayed", "deliveryDelay", map[string]string{"at": "deliveryDelay.timestamp", "type": "deliveryDelay.delayType"}},
	"Bounced": {"Email Bounced", "bounce", map[string]string{
		"at": "bounce.timestamp", "type": "bounce.bounceType", "sub_type": "bounce.bounceSubType", "status": "bounce.bouncedRecipients[0].status",
	}},
	"Complained": {"Email Complaint Received", "complaint", map[string]string{
		"at": "complaint.timestamp", "type": "complaint.complaintFeedbackType", "sub_type": "complaint.complaintSubType",
	}},
	"Rejected":   {"Email Rejected", "reject", map[string]string{"at": "mail.timestamp"}},
	"Unrendered": {"Email Rendering Failed", "renderingFailure", map[string]string{"at": "mail.timestamp"}},
}

var variable = regexp.MustCompile(`"(\w+)":<(\w+)>`)

const feedback = "Resources.Feedback.Properties."

// P12, red team 32: an event of SES holds addresses, headers and a server's text. What a rule does not name stays on the bus, and
// no queue keeps the whole. functions/feedback holds what becomes of AWS's published events.
func TestReportsReachFeedbackWithoutAddresses(t *testing.T) {
	sets := []any{tree{"Ref": "VerifySet"}, tree{"Ref": "RecoverSet"}}
	hold(t, func(t tree) []string {
		out := differ("feedback's rules", keys(at(t, feedback+"Events")), slices.Collect(maps.Keys(reports)))
		for name, r := range reports {
			p := feedback + "Events." + name + ".Properties."
			out = append(out, want(t, feedback+"Events."+name+".Type", "EventBridgeRule")...)
			// No DeadLetterConfig: what it keeps may be the whole event. No Input and no InputPath.
			out = append(out, differ(name, keys(at(t, strings.TrimSuffix(p, "."))), []string{"RuleName", "Pattern", "InputTransformer", "RetryPolicy"})...)
			out = append(out, want(t, p+"RuleName", tree{"Fn::Sub": "${AWS::StackName}-feedback-" + strings.ToLower(name)})...)
			out = append(out, want(t, p+"RetryPolicy", tree{"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400})...)
			out = append(out, want(t, p+"Pattern", tree{
				"source": []any{"aws.ses"}, "account": []any{tree{"Ref": "AWS::AccountId"}}, "detail-type": []any{r.detailType},
				"detail": tree{"mail": tree{"tags": tree{"ses:configuration-set": sets}}},
			})...)
			paths := tree{"tag": "$.detail.mail.tags.t[0]", "told": "$.time", "mailed": "$.detail.mail.timestamp"}
			for member, path := range r.paths {
				paths[member] = "$.detail." + path
			}
			out = append(out, want(t, p+"InputTransformer.InputPathsMap", paths)...)
			out = append(out, made(name, r.detailType, fmt.Sprint(at(t, p+"InputTransformer.InputTemplate")), paths)...)
		}
		return out
	},
		fault{"everything", drop(feedback + "Events.Bounced.Properties.InputTransformer")},
		fault{"the address", set(feedback+"Events.Bounced.Properties.InputTransformer.InputPathsMap.status", "$.detail.bounce.bouncedRecipients[0].emailAddress")},
		fault{"the server's text", set(feedback+"Events.Delivered.Properties.InputTransformer.InputPathsMap.status", "$.detail.delivery.smtpResponse")},
		fault{"the whole beside it", set(feedback+"Events.Sent.Properties.InputTransformer.InputTemplate", `{"event":"Email Sent","tag":<tag>,"told":<told>,"mailed":<mailed>,"at":<at>,"all":<aws.events.event.json>}`)},
		fault{"between quotes", set(feedback+"Events.Sent.Properties.InputTransformer.InputTemplate", `{"event":"Email Sent","tag":"<tag>","told":<told>,"mailed":<mailed>,"at":<at>}`)},
		fault{"another's word", set(feedback+"Events.Sent.Properties.InputTransformer.InputTemplate", `{"event":"Email Delivered","tag":<tag>,"told":<told>,"mailed":<mailed>,"at":<at>}`)},
		fault{"kept whole", set(feedback+"Events.Bounced.Properties.DeadLetterConfig", tree{"Arn": arn("FeedbackFailures")})},
		fault{"tried for a minute", set(feedback+"Events.Bounced.Properties.RetryPolicy.MaximumEventAgeInSeconds", 60)},
		fault{"everybody's mail", drop(feedback + "Events.Bounced.Properties.Pattern.detail")},
		fault{"another account's", drop(feedback + "Events.Bounced.Properties.Pattern.account")},
		fault{"anybody's word", set(feedback+"Events.Bounced.Properties.Pattern.source", []any{"aws.ses", "mailbind"})},
		fault{"mails to owners untold", set(feedback+"Events.Bounced.Properties.Pattern.detail.mail.tags", tree{"ses:configuration-set": []any{tree{"Ref": "VerifySet"}}})},
		fault{"a kind forgotten", drop(feedback + "Events.Complained")},
		fault{"a name that two stacks share", set(feedback+"Events.Sent.Properties.RuleName", "feedback-sent")},
	)
}

// made wants a template that writes the event's name and each variable as the member of its own name.
func made(name, detailType, template string, paths tree) []string {
	members := []string{}
	for _, v := range variable.FindAllStringSubmatch(template, -1) {
		if v[1] != v[2] {
			members = append(members, v[0])
			continue
		}
		members = append(members, v[1])
	}
	out := differ(name+"'s template", members, keys(paths))
	var rest map[string]string
	if err := json.Unmarshal([]byte(variable.ReplaceAllString(template, `"$1":""`)), &rest); err != nil || rest["event"] != detailType || len(rest) != len(paths)+1 {
		out = append(out, fmt.Sprintf("%s's template is %s: %v", name, template, err))
	}
	return out
}

// What a configuration set does not tell, nobody learns; opens and clicks it must not tell. SES writes to the default bus alone.
func TestBothConfigurationSetsTellWhatBecameOfTheirMails(t *testing.T) {
	hold(t, func(t tree) []string {
		asked := []string{}
		for _, r := range reports {
			asked = append(asked, r.asked)
		}
		out := differ("event destinations", resources(t, "AWS::SES::ConfigurationSetEventDestination"), []string{"VerifyReports", "RecoverReports"})
		for _, class := range []string{"Verify", "Recover"} {
			p := "Resources." + class + "Reports.Properties."
			out = append(out, want(t, p+"ConfigurationSetName", tree{"Ref": class + "Set"})...)
			out = append(out, differ(class+"Reports", texts(at(t, p+"EventDestination.MatchingEventTypes")), asked)...)
			out = append(out, want(t, p+"EventDestination.Enabled", true)...)
			out = append(out, want(t, p+"EventDestination.EventBridgeDestination.EventBusArn",
				tree{"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"})...)
			out = append(out, differ(class+"Reports", keys(at(t, p+"EventDestination")), []string{"Name", "Enabled", "MatchingEventTypes", "EventBridgeDestination"})...)
		}
		return out
	},
		fault{"one kind untold", set("Resources.RecoverReports.Properties.EventDestination.MatchingEventTypes", []any{"bounce"})},
		fault{"opens", func(t tree) {
			const types = "Resources.VerifyReports.Properties.EventDestination.MatchingEventTypes"
			set(types, append(list(at(t, types)), "open"))(t)
		}},
		fault{"switched off", drop("Resources.VerifyReports.Properties.EventDestination.Enabled")},
		fault{"one set twice", set("Resources.RecoverReports.Properties.ConfigurationSetName", tree{"Ref": "VerifySet"})},
		fault{"another bus", set("Resources.VerifyReports.Properties.EventDestination.EventBridgeDestination.EventBusArn", tree{"Ref": "EventBus"})},
		fault{"to a topic", set("Resources.VerifyReports.Properties.EventDestination.SnsDestination", tree{"TopicARN": tree{"Ref": "AlarmTopic"}})},
		fault{"nobody told", drop("Resources.RecoverReports")},
	)
}

// A report that could not be noted comes again, for hours, and then waits in a queue that only its owner reads.
func TestReportsAreTriedAgainAndThenKept(t *testing.T) {
	const invoke, queue = feedback + "EventInvokeConfig", "Resources.FeedbackFailures.Properties."
	hold(t, func(t tree) []string {
		out := want(t, invoke, tree{
			"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 21600,
			"DestinationConfig": tree{"OnFailure": tree{"Type": "SQS", "Destination": arn("FeedbackFailures")}},
		})
		if kept, _ := at(t, queue+"MessageRetentionPeriod").(int); kept < 4*24*3600 {
			out = append(out, fmt.Sprintf("failures are kept %d s", kept))
		}
		out = append(out, want(t, "Outputs.FeedbackFailuresUrl.Value", tree{"Ref": "FeedbackFailures"})...)
		return append(out, want(t, queue+"SqsManagedSseEnabled", true)...)
	},
		fault{"once", set(invoke+".MaximumRetryAttempts", 0)},
		fault{"a minute", set(invoke+".MaximumEventAgeInSeconds", 60)},
		fault{"no queue", drop(invoke + ".DestinationConfig")},
		fault{"what went well too", set(invoke+".DestinationConfig.OnSuccess", tree{"Type": "SQS", "Destination": arn("FeedbackFailures")})},
		fault{"forgotten in a minute", set(queue+"MessageRetentionPeriod", 60)},
		fault{"readable queue", set(queue+"SqsManagedSseEnabled", false)},
		fault{"a queue that nobody finds", drop("Outputs.FeedbackFailuresUrl")},
	)
}

// R60: at 2 % bounces or 0.08 % complaints of a class somebody is told, before SES looks at the account (5 %, 0.1 %), and what to
// switch. Rates of a configuration set have its name as a dimension, and are there only if the set says so.
func TestRisingBouncesAndComplaintsNameTheirSwitch(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		for metric, threshold := range map[string]float64{"Bounce": 0.02, "Complaint": 0.0008} {
			for _, class := range []string{"Verify", "Recover"} {
				p := "Resources." + class + metric + "s.Properties."
				out = append(out, want(t, p+"MetricName", "Reputation."+metric+"Rate")...)
				out = append(out, want(t, p+"Dimensions", []any{tree{"Name": "ses:configuration-set", "Value": tree{"Ref": class + "Set"}}})...)
				out = append(out, want(t, p+"Threshold", threshold)...)
				out = append(out, want(t, p+"ComparisonOperator", "GreaterThanOrEqualToThreshold")...)
				out = append(out, want(t, p+"TreatMissingData", "ignore")...)
				if !strings.Contains(fmt.Sprint(at(t, p+"AlarmDescription")), "First step: HoldVerifyMail true") {
					out = append(out, class+metric+"s does not name the switch")
				}
				out = append(out, want(t, "Resources."+class+"Set.Properties.ReputationOptions.ReputationMetricsEnabled", true)...)
			}
		}
		return out
	},
		fault{"when SES looks", set("Resources.VerifyBounces.Properties.Threshold", 0.05)},
		fault{"percents", set("Resources.RecoverComplaints.Properties.Threshold", 0.08)},
		fault{"of the account", drop("Resources.VerifyComplaints.Properties.Dimensions")},
		fault{"a dimension that no metric has", set("Resources.RecoverBounces.Properties.Dimensions.0.Name", "ConfigurationSet")},
		fault{"no first step", set("Resources.VerifyBounces.Properties.AlarmDescription", "First step: look.")},
		fault{"rates that are not there", set("Resources.RecoverSet.Properties.ReputationOptions.ReputationMetricsEnabled", false)},
	)
}

// Mail goes out and disposable addresses are refused unless somebody says otherwise; what they say fits a function's settings.
func TestSwitchesOfMailHaveSafeDefaults(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		for name, value := range map[string]string{"HoldVerifyMail": "false", "RefuseDisposable": "true"} {
			out = append(out, want(t, "Parameters."+name+".Default", value)...)
			out = append(out, want(t, "Parameters."+name+".AllowedValues", []any{"true", "false"})...)
		}
		out = append(out, want(t, "Parameters.DisposableDomains.Default", "")...)
		// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 4 KB for all of them.
		if most, _ := at(t, "Parameters.DisposableDomains.MaxLength").(int); most < 256 || most > 2048 {
			out = append(out, fmt.Sprintf("DisposableDomains may have %d characters", most))
		}
		return out
	},
		fault{"held from the start", set("Parameters.HoldVerifyMail.Default", "true")},
		fault{"disposable from the start", set("Parameters.RefuseDisposable.Default", "false")},
		fault{"any word", drop("Parameters.HoldVerifyMail.AllowedValues")},
		fault{"domains without end", drop("Parameters.DisposableDomains.MaxLength")},
	)
}

// The console shows a parameter that is in no group at the very end, where nobody looks for it.
func TestEachParameterHasItsGroup(t *testing.T) {
	const groups = "Metadata.AWS::CloudFormation::Interface.ParameterGroups"
	hold(t, func(t tree) []string {
		var all []string
		for _, g := range list(at(t, groups)) {
			all = append(all, texts(at(g, "Parameters"))...)
		}
		return differ("parameters in groups", all, keys(t["Parameters"]))
	},
		fault{"one forgotten", set(groups+".2.Parameters", []any{"FromAddress"})},
		fault{"one of the past", set(groups+".2.Parameters.0", "Sender")},
	)
}

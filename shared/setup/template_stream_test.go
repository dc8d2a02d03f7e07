package setup_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// A filter that is no JSON, or names an attribute that nothing sets, deploys well and mails or tells nothing.
func TestFiltersNameWhatIsDueAndWhatHappened(t *testing.T) {
	const filters, facts = "Resources.Mailer.Properties.Events.Accounts.Properties.FilterCriteria.Filters", "Resources.Events.Properties.Events.Accounts.Properties.FilterCriteria.Filters"
	named := func(t tree, place string) (got, out []string) {
		for _, f := range list(at(t, place)) {
			var pattern map[string]map[string]map[string]map[string][]map[string]bool
			if err := json.Unmarshal([]byte(fmt.Sprint(at(f, "Pattern"))), &pattern); err != nil {
				out = append(out, fmt.Sprintf("filter %v: %v", f, err))
			}
			for name, value := range pattern["dynamodb"]["NewImage"] {
				got = append(got, fmt.Sprint(name, value))
			}
			if len(pattern) != 1 || len(pattern["dynamodb"]) != 1 || len(pattern["dynamodb"]["NewImage"]) != 1 {
				out = append(out, fmt.Sprintf("filter %v asks for more than one thing", f))
			}
		}
		return got, out
	}
	hold(t, func(t tree) []string {
		got, out := named(t, filters)
		out = append(out, differ("the mailer's filters", got, []string{"due_verifymap[B:[map[exists:true]]]", "due_boundmap[B:[map[exists:true]]]"})...)
		got, more := named(t, facts)
		return slices.Concat(out, more, differ("filters of events", got, []string{"evmap[S:[map[exists:true]]]"}))
	},
		fault{"not JSON", set(filters+".0.Pattern", `{"dynamodb":{"NewImage":`)},
		fault{"other attribute", set(filters+".0.Pattern", `{"dynamodb":{"NewImage":{"due_verfy":{"B":[{"exists":true}]}}}}`)},
		fault{"other type", set(filters+".1.Pattern", `{"dynamodb":{"NewImage":{"due_bound":{"S":[{"exists":true}]}}}}`)},
		fault{"absent", set(filters+".1.Pattern", `{"dynamodb":{"NewImage":{"due_bound":{"B":[{"exists":false}]}}}}`)},
		fault{"old image", set(filters+".1.Pattern", `{"dynamodb":{"OldImage":{"due_bound":{"B":[{"exists":true}]}}}}`)},
		fault{"one kind forgotten", func(t tree) { set(filters, list(at(t, filters))[:1])(t) }},
		fault{"facts of another type", set(facts+".0.Pattern", `{"dynamodb":{"NewImage":{"ev":{"B":[{"exists":true}]}}}}`)},
		fault{"first facts alone", set(facts+".0.Pattern", `{"dynamodb":{"OldImage":{"ev":{"S":[{"exists":false}]}}}}`)},
		fault{"facts of one kind", set(facts+".0.Pattern", `{"dynamodb":{"NewImage":{"ev":{"S":[{"prefix":"binding.bound/"}]}}}}`)},
		fault{"every write is a fact", drop("Resources.Events.Properties.Events.Accounts.Properties.FilterCriteria")},
	)
}

// P6, and the same for events: a mapping gives a record up only when the stream's day is over, and then says so.
func TestRecordsAreRetriedForADayAndThenReported(t *testing.T) {
	for _, function := range []string{"Mailer", "Events"} {
		mapping, queue := "Resources."+function+".Properties.Events.Accounts.Properties.", "Resources."+function+"Failures.Properties."
		hold(t, func(t tree) []string {
			var out []string
			for name, value := range map[string]any{
				"Stream": tree{"Fn::GetAtt": []any{"Accounts", "StreamArn"}}, "StartingPosition": "TRIM_HORIZON", "BatchSize": 10,
				"MaximumBatchingWindowInSeconds": 0, "ParallelizationFactor": 10, "MaximumRetryAttempts": -1,
				"BisectBatchOnFunctionError": true, "FunctionResponseTypes": []any{"ReportBatchItemFailures"},
				"DestinationConfig.OnFailure": tree{"Type": "SQS", "Destination": arn(function + "Failures")},
			} {
				out = append(out, want(t, mapping+name, value)...)
			}
			// Under the stream's own 24 hours: what the stream drops first is never reported.
			if age, _ := at(t, mapping+"MaximumRecordAgeInSeconds").(int); age < 23*3600 || age >= 24*3600 {
				out = append(out, fmt.Sprintf("records are given up after %d s", age))
			}
			if kept, _ := at(t, queue+"MessageRetentionPeriod").(int); kept < 4*24*3600 {
				out = append(out, fmt.Sprintf("failures are kept %d s", kept))
			}
			return append(out, want(t, queue+"SqsManagedSseEnabled", true)...)
		},
			fault{"few retries", set(mapping+"MaximumRetryAttempts", 5)},
			fault{"old after ten minutes", set(mapping+"MaximumRecordAgeInSeconds", 600)},
			fault{"never old", set(mapping+"MaximumRecordAgeInSeconds", -1)},
			fault{"whole batches fail", drop(mapping + "FunctionResponseTypes")},
			fault{"from now on", set(mapping+"StartingPosition", "LATEST")},
			fault{"more than one call takes", set(mapping+"BatchSize", 100)},
			fault{"no queue", drop(mapping + "DestinationConfig")},
			fault{"another queue", set(mapping+"DestinationConfig.OnFailure.Destination", arn("Failures"))},
			fault{"forgotten in a minute", set(queue+"MessageRetentionPeriod", 60)},
			fault{"readable queue", set(queue+"SqsManagedSseEnabled", false)},
		)
	}
}

// Two readers a shard is what DynamoDB allows: a third makes both of the others slow.
func TestTheStreamHasTwoReaders(t *testing.T) {
	hold(t, func(t tree) []string {
		var got []string
		for _, f := range functions(t) {
			for _, name := range keys(at(t, "Resources."+f+".Properties.Events")) {
				if at(t, "Resources."+f+".Properties.Events."+name+".Type") == "DynamoDB" {
					got = append(got, f)
				}
			}
		}
		return differ("readers", got, []string{"Mailer", "Events"})
	},
		fault{"a third", set("Resources.Status.Properties.Events.Accounts", tree{"Type": "DynamoDB"})},
		fault{"twice", set("Resources.Events.Properties.Events.Again", tree{"Type": "DynamoDB"})},
		fault{"nobody tells", drop("Resources.Events.Properties.Events.Accounts")},
	)
}

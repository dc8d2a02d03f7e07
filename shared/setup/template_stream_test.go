package setup_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// mappings are the streams' readers: each reader's event is named as the table it reads.
var mappings = []struct {
	function, table string
	attributes      []string // with their types: what its filters let through
}{
	{"Mailer", "Accounts", []string{"due_verify B", "due_bound B", "due_reconfirm B", "due_changed B"}},
	{"Mailer", "Recoveries", []string{"due_recover B"}},
	{"Events", "Accounts", []string{"ev S"}},
	{"Events", "Recoveries", []string{"ev S"}},
}

func mapping(function, table string) string {
	return "Resources." + function + ".Properties.Events." + table + ".Properties."
}

// A filter that is no JSON, or names an attribute that nothing sets, deploys well and mails or tells nothing.
func TestFiltersNameWhatIsDueAndWhatHappened(t *testing.T) {
	hold(t, func(t tree) []string {
		var out []string
		for _, m := range mappings {
			var got []string
			for _, f := range list(at(t, mapping(m.function, m.table)+"FilterCriteria.Filters")) {
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
			var wanted []string
			for _, attribute := range m.attributes {
				name, kind, _ := strings.Cut(attribute, " ")
				wanted = append(wanted, fmt.Sprintf("%smap[%s:[map[exists:true]]]", name, kind))
			}
			out = append(out, differ(m.function+"'s filters on "+m.table, got, wanted)...)
			// What a mapping takes unless AWS is asked for more.
			if len(got) > 5 {
				out = append(out, m.function+" has more than five filters on "+m.table)
			}
		}
		return out
	},
		fault{"not JSON", set(filters+".0.Pattern", `{"dynamodb":{"NewImage":`)},
		fault{"other attribute", set(filters+".0.Pattern", `{"dynamodb":{"NewImage":{"due_verfy":{"B":[{"exists":true}]}}}}`)},
		fault{"other type", set(filters+".1.Pattern", `{"dynamodb":{"NewImage":{"due_bound":{"S":[{"exists":true}]}}}}`)},
		fault{"absent", set(filters+".1.Pattern", `{"dynamodb":{"NewImage":{"due_bound":{"B":[{"exists":false}]}}}}`)},
		fault{"old image", set(filters+".1.Pattern", `{"dynamodb":{"OldImage":{"due_bound":{"B":[{"exists":true}]}}}}`)},
		fault{"one kind forgotten", func(t tree) { set(filters, list(at(t, filters))[:2])(t) }},
		fault{"confirmations that nobody mails", set(filters+".2.Pattern", `{"dynamodb":{"NewImage":{"due_confirm":{"B":[{"exists":true}]}}}}`)},
		fault{"recoveries wait for what is due to accounts", set(bells+".0.Pattern", `{"dynamodb":{"NewImage":{"due_verify":{"B":[{"exists":true}]}}}}`)},
		fault{"every write to a recovery", drop("Resources.Mailer.Properties.Events.Recoveries.Properties.FilterCriteria")},
		fault{"no mapping for recoveries", drop("Resources.Mailer.Properties.Events.Recoveries")},
		fault{"facts of another type", set(facts+".0.Pattern", `{"dynamodb":{"NewImage":{"ev":{"B":[{"exists":true}]}}}}`)},
		fault{"first facts alone", set(facts+".0.Pattern", `{"dynamodb":{"OldImage":{"ev":{"S":[{"exists":false}]}}}}`)},
		fault{"facts of one kind", set(facts+".0.Pattern", `{"dynamodb":{"NewImage":{"ev":{"S":[{"prefix":"binding.bound/"}]}}}}`)},
		fault{"every write is a fact", drop("Resources.Events.Properties.Events.Accounts.Properties.FilterCriteria")},
		fault{"recoveries untold", drop("Resources.Events.Properties.Events.Recoveries.Properties.FilterCriteria")},
	)
}

const (
	filters = "Resources.Mailer.Properties.Events.Accounts.Properties.FilterCriteria.Filters"
	bells   = "Resources.Mailer.Properties.Events.Recoveries.Properties.FilterCriteria.Filters"
	facts   = "Resources.Events.Properties.Events.Accounts.Properties.FilterCriteria.Filters"
)

// P6, and the same for events: a mapping gives a record up only when the stream's day is over, and then says so.
func TestRecordsAreRetriedForADayAndThenReported(t *testing.T) {
	for _, m := range mappings {
		mapping, queue := mapping(m.function, m.table), "Resources."+m.function+"Failures.Properties."
		hold(t, func(t tree) []string {
			var out []string
			for name, value := range map[string]any{
				"Stream": tree{"Fn::GetAtt": []any{m.table, "StreamArn"}}, "StartingPosition": "TRIM_HORIZON", "BatchSize": 10,
				"MaximumBatchingWindowInSeconds": 0, "ParallelizationFactor": 10, "MaximumRetryAttempts": -1,
				"BisectBatchOnFunctionError": true, "FunctionResponseTypes": []any{"ReportBatchItemFailures"},
				"DestinationConfig.OnFailure": tree{"Type": "SQS", "Destination": arn(m.function + "Failures")},
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
			fault{"another table", set(mapping+"Stream", tree{"Fn::GetAtt": []any{"Limits", "StreamArn"}})},
			fault{"one lane", drop(mapping + "ParallelizationFactor")},
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
func TestEachStreamHasTwoReaders(t *testing.T) {
	hold(t, func(t tree) []string {
		var got, wanted []string
		for _, f := range functions(t) {
			for _, name := range keys(at(t, "Resources."+f+".Properties.Events")) {
				if event := at(t, "Resources."+f+".Properties.Events."+name); at(event, "Type") == "DynamoDB" {
					got = append(got, f+" reads "+text(at(event, "Properties.Stream")))
				}
			}
		}
		for _, m := range mappings {
			wanted = append(wanted, m.function+" reads "+m.table+".StreamArn")
		}
		return differ("readers", got, wanted)
	},
		fault{"a third", set("Resources.Status.Properties.Events.Accounts", tree{"Type": "DynamoDB"})},
		fault{"twice", func(t tree) {
			set("Resources.Events.Properties.Events.Again", at(t, "Resources.Events.Properties.Events.Recoveries"))(t)
		}},
		fault{"nobody tells", drop("Resources.Events.Properties.Events.Accounts")},
		fault{"nobody mails recoveries", drop("Resources.Mailer.Properties.Events.Recoveries")},
	)
}

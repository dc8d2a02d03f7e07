package pattern

import "testing"

const record = `{"eventName":"MODIFY","dynamodb":{"NewImage":{"due_verify":{"B":"AQ=="},"n":{"N":"12"},"tags":{"L":[{"S":"a"}]}},"SequenceNumber":"100"},
"size":3.0,"flag":true,"nothing":null,"detail":{"mail":{"tags":{"kind":["verify","x"]}},"address":"a@Example.com"},"empty":[]}`

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		pattern string
		want    bool
	}{
		{`{"eventName":["INSERT","MODIFY"]}`, true},
		{`{"eventName":["INSERT"]}`, false},
		{`{"dynamodb":{"NewImage":{"due_verify":{"B":[{"exists":true}]}}}}`, true},
		{`{"dynamodb":{"NewImage":{"due_bound":{"B":[{"exists":true}]}}}}`, false},
		{`{"dynamodb":{"NewImage":{"due_bound":{"B":[{"exists":false}]}}}}`, true},
		{`{"dynamodb":{"OldImage":{"due_verify":{"B":[{"exists":false}]}}}}`, true},
		{`{"dynamodb":{"NewImage":{"due_verify":[{"exists":true}]}}}`, false}, // exists looks at leaves alone
		{`{"dynamodb":{"NewImage":{"n":{"N":["12"]}}}}`, true},
		{`{"dynamodb":{"NewImage":{"n":{"N":[12]}}}}`, false}, // DynamoDB's numbers are strings
		{`{"size":[3]}`, true},
		{`{"size":[{"numeric":[">",2,"<=",3]}]}`, true},
		{`{"size":[{"numeric":[">",3]}]}`, false},
		{`{"flag":[true]}`, true},
		{`{"flag":["true"]}`, false},
		{`{"nothing":[null]}`, true},
		{`{"missing":[null]}`, false},
		{`{"detail":{"mail":{"tags":{"kind":["verify"]}}}}`, true},
		{`{"detail":{"mail":{"tags":{"kind":["recover"]}}}}`, false},
		{`{"detail":{"address":[{"prefix":"a@"}]}}`, true},
		{`{"detail":{"address":[{"suffix":"@example.com"}]}}`, false},
		{`{"detail":{"address":[{"equals-ignore-case":"A@example.COM"}]}}`, true},
		{`{"detail":{"address":[{"wildcard":"a@*.com"}]}}`, true},
		{`{"detail":{"address":[{"wildcard":"b*"}]}}`, false},
		{`{"eventName":[{"anything-but":"REMOVE"}]}`, true},
		{`{"eventName":[{"anything-but":["REMOVE","MODIFY"]}]}`, false},
		{`{"eventName":[{"anything-but":{"prefix":"MOD"}}]}`, false},
		{`{"missing":[{"anything-but":"x"}]}`, false},
		{`{"empty":[{"exists":false}]}`, true},
		{`{"$or":[{"eventName":["INSERT"]},{"size":[3]}]}`, true},
		{`{"flag":[true],"$or":[{"eventName":["INSERT"]},{"size":[4]}]}`, false},
		{`{"eventName":["MODIFY"],"flag":[false]}`, false},
	} {
		compiled, err := Parse(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		got, err := compiled.Match([]byte(record))
		if err != nil || got != test.want {
			t.Errorf("%s: got %v, %v", test.pattern, got, err)
		}
	}
}

func TestParseRefusesWhatIsNoPattern(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `{}`, `{"a":"b"}`, `{"a":[]}`, `{"a":{}}`, `{"a":[{}]}`, `{"a":[["b"]]}`, `{"a":[{"cidr":"10.0.0.0/8"}]}`, `{"a":[{"exists":"true"}]}`,
		`{"a":[{"prefix":1}]}`, `{"a":[{"numeric":[">"]}]}`, `{"a":[{"numeric":["!",1]}]}`, `{"a":[{"prefix":"x","suffix":"y"}]}`, `{"$or":[{"a":["b"]}]}`, `{"a":["b"]} x`,
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

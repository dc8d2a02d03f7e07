package ses

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
)

func TestTheModesRefuseInTheSDKsOwnErrors(t *testing.T) {
	service, client, _ := start(t)
	for mode, want := range map[string][2]string{
		"down": {"ServiceUnavailableException", ""}, "throttle": {"TooManyRequestsException", "Maximum sending rate exceeded."},
		"quota": {"TooManyRequestsException", "Daily message quota exceeded."}, "paused": {"SendingPausedException", "Sending paused for this account."},
		"suspended": {"AccountSuspendedException", "permanently restricted"}, "rejected": {"MessageRejected", "invalid content"},
	} {
		if err := service.Change(changeOf(t, `{"mode":"`+mode+`"}`)); err != nil {
			t.Fatal(err)
		}
		_, err := client.SendEmail(context.Background(), input("mei@lane.example"))
		var refused smithy.APIError
		if !errors.As(err, &refused) || refused.ErrorCode() != want[0] || !strings.Contains(refused.ErrorMessage(), want[1]) {
			t.Errorf("%s: got %v", mode, err)
		}
		if reflect.TypeOf(refused).String() == "*smithy.GenericAPIError" && mode != "down" {
			t.Errorf("%s: not the SDK's own type: %T", mode, refused)
		}
	}
	if len(service.Mails("")) != 0 {
		t.Errorf("kept %d", len(service.Mails("")))
	}
	if err := service.Change(changeOf(t, `{"mode":"slow"}`)); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if _, err := client.SendEmail(context.Background(), input("mei@lane.example")); err != nil || time.Since(started) < slowness {
		t.Errorf("slow: %v after %v", err, time.Since(started))
	}
}

func TestAChangeLeavesWhatItDoesNotName(t *testing.T) {
	service, _, _ := start(t)
	for _, step := range []struct {
		body string
		want State
	}{
		{`{}`, State{Mode: OK, Events: Prompt}},
		{`{"mode":"quota"}`, State{Mode: Quota, Events: Prompt}},
		{`{"events":"late","shift":-86400}`, State{Mode: Quota, Events: Late, Shift: -86400}},
		{`{"mailboxes":{"a@b.example":"full"}}`, State{Mode: Quota, Events: Late, Shift: -86400, Mailboxes: map[string]string{"a@b.example": "full"}}},
		{`{"mode":"ok","events":"prompt","shift":0,"mailboxes":{"a@b.example":null}}`, State{Mode: OK, Events: Prompt}},
	} {
		if step.want.Mailboxes == nil {
			step.want.Mailboxes = map[string]string{}
		}
		if err := service.Change(changeOf(t, step.body)); err != nil || !reflect.DeepEqual(service.State(), step.want) {
			t.Errorf("%s: %v, then %+v", step.body, err, service.State())
		}
	}
}

func TestABadChangeChangesNothing(t *testing.T) {
	service, _, _ := start(t)
	good := `"mode":"down","events":"late","shift":60,"mailboxes":{"a@b.example":"full"}`
	for bad, want := range map[string]string{
		`"mode":"fast"`:                               `mode is "fast"; want "ok", "slow", "down", "throttle", "quota", "paused", "suspended" or "rejected"`,
		`"mode":""`:                                   `mode is ""`,
		`"events":"never"`:                            `events is "never"; want "prompt", "late", "double", "shuffled" or "off"`,
		`"shift":31536001`:                            `shift is 31536001; want seconds, -31536000 to 31536000`,
		`"mailboxes":{"a@b.example":"eaten"}`:         `the ending of a@b.example is "eaten"; want "" or "bounce"`,
		`"mailboxes":{"nobody":"full"}`:               `"nobody" is no address`,
		`"mailboxes":{"a@b.example":"full","b c":""}`: `"b c" is no address`,
	} {
		before := service.State()
		err := service.Change(changeOf(t, "{"+good+","+bad+"}"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", bad, err, want)
		}
		if after := service.State(); !reflect.DeepEqual(before, after) {
			t.Errorf("%s: changed to %+v", bad, after)
		}
	}
}

package setup

import (
	"strings"
	"testing"
)

// Domains of a local stack are looked up there alone: its names are made up, and what is typed there concerns nobody else.
func TestNamesAreLookedUpOnThisMachineOnTheLocalStage(t *testing.T) {
	for value, ok := range map[string]bool{
		"127.0.0.1:53": true, "127.8.8.8:5353": true, "[::1]:53": true, "127.0.0.1": false, "127.0.0.1:": false, "127.0.0.1:0": false, ":53": false,
		"localhost:53": false, "10.0.0.7:53": false, "0.0.0.0:53": false, "[::]:53": false, "http://127.0.0.1:53": false, "127.0.0.1:65536": false, "": false,
	} {
		if got := faulty(t, "local", "MAILBIND_DNS", value, func(e *Env) {
			if s := e.DNS(); s != value {
				t.Errorf("%q is read as %q", value, s)
			}
		}); got == ok {
			t.Errorf("%q is refused: %v", value, got)
		}
	}
	e := env(map[string]string{"MAILBIND_STAGE": "local"})
	if e.DNS(); e.Err() == nil || !strings.Contains(e.Err().Error(), "MAILBIND_DNS is missing") {
		t.Errorf("a local function without a name server would ask the world's: %v", e.Err())
	}
	e = env(map[string]string{"MAILBIND_STAGE": "prod"})
	if s := e.DNS(); s != "" || e.Err() != nil {
		t.Errorf("%q, %v", s, e.Err())
	}
}

package main

import (
	"slices"
	"strings"
	"testing"

	"mailbind/shared/setup"
)

const name = "MAILBIND_DISPOSABLE_DOMAINS"

func TestDomainsOfASettingAreReadLikeThoseOfAddresses(t *testing.T) {
	for given, want := range map[string][]string{
		"": nil, " ": nil, "throwaway.example": {"throwaway.example"}, " Throwaway.Example , bücher.example,": {"throwaway.example", "xn--bcher-kva.example"},
	} {
		t.Setenv(name, given)
		f := setup.New("bind")
		if got := domains(f, name); !slices.Equal(got, want) || strings.Contains(f.Err().Error(), name) {
			t.Errorf("%q: %q, %v", given, got, f.Err())
		}
	}
}

// One that is no domain would never hold, and nobody would notice.
func TestASettingThatIsNoDomainIsAFaultOfTheStart(t *testing.T) {
	for _, given := range []string{"throwaway", "*.throwaway.example", "@throwaway.example", "throwaway.example.", "ok.example,https://throwaway.example"} {
		t.Setenv(name, given)
		f := setup.New("bind")
		domains(f, name)
		_, last, _ := strings.Cut(given, ",")
		if last == "" {
			last = given
		}
		if err := f.Err(); err == nil || !strings.Contains(err.Error(), name+`: "`+last+`" is no domain`) {
			t.Errorf("%q: %v", given, err)
		}
	}
}

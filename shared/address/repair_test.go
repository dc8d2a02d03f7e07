package address

import "testing"

func TestRepairUndoesTheInputMethodAndTheClipboard(t *testing.T) {
	for given, want := range map[string]string{
		"10001@qq。com": "10001@qq.com", "10001＠qq.com": "10001@qq.com", "１０００１＠ｑｑ．ｃｏｍ": "10001@qq.com",
		"ａ＠ｑｑ。ｃｏｍ": "a@qq.com", "10001@qq｡com": "10001@qq.com", "10001@qq,com": "10001@qq.com", "10001@qq，com": "10001@qq.com",
		" bob@example.com": "bob@example.com", "bob@example.com \n": "bob@example.com", "\u3000bob@example.com\u00a0": "bob@example.com",
		"bob @example.com": "bob@example.com", "bob@ example.com": "bob@example.com", "bob @ example.com": "bob@example.com",
		"\u200bbob@example.com": "bob@example.com", "bob@exam\u00adple.com": "bob@example.com", "\ufeffbob@example.com": "bob@example.com",
		"mailto:Bob@example.com": "Bob@example.com", "MAILTO:bob@example.com": "bob@example.com", "<bob@example.com>": "bob@example.com",
		"bob@example.com.": "bob@example.com", "bob@example.com。": "bob@example.com", "bob@example.com,": "bob@example.com",
		"bob@example.com;": "bob@example.com",
		"a@ｅxample.com":    "a@example.com", "jeff@臺網中心。tw": "jeff@xn--fiqq24b10vi0d.tw",
	} {
		if got, ok := Repair(given); !ok || got.String() != want {
			t.Errorf("Repair(%+q) = %q, %v, want %q", given, got, ok, want)
		}
		if reason(t, given) == "" {
			t.Errorf("%+q needs no repair", given)
		}
	}
}

func TestRepairDoesNotGuess(t *testing.T) {
	for _, given := range []string{
		"", "@", "bob", "bob@example.com", "bob smith@example.com", "bob@exam ple.com", "bob@example.com, eve@example.com",
		"bob@example.com,eve", "Bob <bob@example.com>", "bob@@example.com", "bob@example.com\r\nBcc: eve@example.com", "bo\nb@example.com",
		"bob(at)example.com", "b\u212aob@example.com", "bob@\u212a.com", "bob@①②.com", "\"bob\"@example.com", "bob%x@example.com",
		"bob＠qq.com@example.com", "\xffbob@example.com", "=?x?q?a?=@example.com", "bob@localhost", "ñ@example.com", "mailto:",
	} {
		if got, ok := Repair(given); ok || got != (Address{}) {
			t.Errorf("Repair(%+q) = %q, %v", given, got, ok)
		}
	}
}

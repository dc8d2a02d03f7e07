package password

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkCheck(b *testing.B) {
	for _, c := range []struct{ name, typed string }{
		{"random15", "kD7!wqZp0vLxQmB"},
		{"phrase", "copper horse battery stapler"},
		{"chinese", "昨天晚上我在楼下捡到一只黄色的猫"},
		{"padded", "Password1234567"},
		{"repeated", "qwerty123qwerty123"},
		{"walk", "1qaz2wsx3edc4rfv"},
		{"random256", strings.Repeat("kD7!wqZp0vLxQmB?", 15) + "0123456789abcde"},
		{"digits256", strings.Repeat("8391650174928603", 15) + "702846193750281"},
		{"same256", strings.Repeat("a", 256)},
		{"marks256", strings.Repeat("!?;:", 63) + "dog!"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				deployment.Check(c.typed, person...)
			}
		})
	}
}

func BenchmarkCheckManyWords(b *testing.B) {
	typed := strings.Repeat("abcabd", 42)
	address := strings.Repeat("abc.abd.", 31) + "@" + strings.Repeat("abe.abf.", 31) + "example"
	b.ReportAllocs()
	for b.Loop() {
		deployment.Check(typed, address, strings.Repeat("abg abh ", 100))
	}
}

func BenchmarkHash(b *testing.B) {
	for _, p := range []Params{{19456, 2, 1}, {19456, 3, 1}, {47104, 1, 1}, {65536, 2, 1}, {65536, 2, 2}} {
		b.Run(fmt.Sprintf("m=%d,t=%d,p=%d", p.Memory, p.Time, p.Threads), func(b *testing.B) {
			h := hasher()
			h.Params = p
			b.ReportAllocs()
			for b.Loop() {
				h.Hash("copper horse battery stapler")
			}
		})
	}
}

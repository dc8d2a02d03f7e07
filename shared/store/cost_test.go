package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mailbind/shared/binding"
	"mailbind/shared/store"
)

// metering adds up the write units that DynamoDB Local reports. Version 2 counts a Put of a transaction
// twice, as AWS does, and an Update four times, which is taken back here; it reports nothing for a false
// condition, which AWS charges as the write.
type metering struct {
	store.API
	units  float64
	writes int // also those that were refused, which cost a unit each and do not say so
	done   int // single writes that were not
}

func (m *metering) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	asked := *in
	asked.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	m.writes++
	out, err := m.API.UpdateItem(ctx, &asked, o...)
	if err == nil {
		m.done++
		m.units += *out.ConsumedCapacity.CapacityUnits
	}
	return out, err
}

func (m *metering) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	asked := *in
	asked.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	m.writes++
	out, err := m.API.TransactWriteItems(ctx, &asked, o...)
	if err == nil {
		updated := map[string]bool{}
		for _, part := range in.TransactItems {
			if part.Update != nil {
				updated[*part.Update.TableName] = true
			}
		}
		for _, c := range out.ConsumedCapacity {
			if updated[*c.TableName] {
				*c.CapacityUnits /= 2
			}
			m.units += *c.CapacityUnits
		}
	}
	return out, err
}

// size is a row's size as DynamoDB counts it
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
func size(row item) int {
	n := 0
	for name, v := range row {
		n += len(name)
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += (len(v.Value)+1)/2 + 1
		case *types.AttributeValueMemberB:
			n += len(v.Value)
		case *types.AttributeValueMemberSS:
			for _, text := range v.Value {
				n += len(text)
			}
		case *types.AttributeValueMemberBS:
			for _, b := range v.Value {
				n += len(b)
			}
		default:
			panic(fmt.Sprintf("size of a %T", v))
		}
	}
	return n
}

// person is who binds what, in the sizes that rows depend on.
type person struct {
	name, email string
	who         binding.Who
}

func people() []person {
	return []person{
		{"typical", "lina.wang@mail.example.com", binding.Who{Issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
			Subject: "3f0a1c52-7d1e-4b8e-9a37-5f2d8c6b1e90", Label: "李记灯饰", Locale: "zh-CN"}},
		{"worst", strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 61)+".", 3) + "com", binding.Who{Issuer: "https://" + strings.Repeat("i", 120) + ".example/",
			Subject: strings.Repeat("s", 255), Label: strings.Repeat("字", 16), Locale: strings.Repeat("x", 35)}},
	}
}

// cost is one call's write units, and the sizes that the rows have after it.
type cost struct {
	call  string
	units float64
	bytes int // of the account's row
}

// live takes a person from asking to bound and disputed, and measures each call.
func live(t testing.TB, p person) (costs []cost, s *site) {
	var m *metering
	s = newSite(t, client(t), func(a store.API) store.API {
		m = &metering{API: a}
		return m
	})
	ctx, who := context.Background(), binding.Session{Who: p.who}
	key := s.names.Account(p.who.Subject)
	claim := func() binding.Claim { return s.claim(p.who.Subject) }
	step := func(call string, do func() error) {
		t.Helper()
		m.units = 0
		if err := do(); err != nil {
			t.Fatalf("%s: %v", call, err)
		}
		costs = append(costs, cost{call, m.units, size(s.scan(s.tables.Accounts)[key.String()])})
	}
	step("bind", func() error { _, err := s.svc.Bind(ctx, who, p.email, true, s.now); return err })
	step("verify mail", func() error { s.deliver(p.who.Subject, binding.KindVerify); return nil })
	s.now = s.now.Add(time.Minute)
	step("resend", func() error { _, err := s.svc.Resend(ctx, who, s.now); return err })
	step("wrong code", func() error {
		_, err := s.svc.VerifyCode(ctx, who, s.wrongCode(claim(), 1), binding.NewRequest(), s.now)
		return wants(err, binding.ErrWrongCode)
	})
	step("wrong number", func() error {
		_, err := s.svc.VerifyLink(ctx, s.link(claim()), anotherNumber(s.number(claim())), binding.NewRequest(), s.now)
		return wants(err, binding.ErrCheckMismatch)
	})
	link := s.link(claim())
	step("not me", func() error { _, err := s.svc.Deny(ctx, link, binding.NewRequest(), s.now); return err })
	step("undo", func() error { _, err := s.svc.UndoDeny(ctx, link, binding.NewRequest(), s.now); return err })
	step("right code", func() error {
		_, err := s.svc.VerifyCode(ctx, who, s.code(claim()), binding.NewRequest(), s.now)
		return err
	})
	step("receipt", func() error { s.deliver(p.who.Subject, binding.KindBound); return nil })
	step("dispute", func() error { _, err := s.svc.Deny(ctx, link, binding.NewRequest(), s.now); return err })
	return costs, s
}

func wants(err error, r binding.Reason) error {
	if refusal, ok := err.(*binding.Refusal); ok && refusal.Reason == r {
		return nil
	}
	return fmt.Errorf("%v, want %s", err, r)
}

// TestAnOrdinaryPersonCostsOneUnitAWrite: rows stay within 1 KB, so a write is one unit and the
// transaction six. The worst names pass 1 KB and cost two units, never three.
func TestAnOrdinaryPersonCostsOneUnitAWrite(t *testing.T) {
	want := map[string]float64{"bind": 1, "verify mail": 2, "resend": 1, "wrong code": 1, "wrong number": 1, "not me": 1, "undo": 1,
		"right code": 7, "receipt": 1, "dispute": 1}
	for _, p := range people() {
		costs, s := live(t, p)
		for _, c := range costs {
			t.Logf("%-8s %-12s %2.0f units, row of %4d bytes", p.name, c.call, c.units, c.bytes)
			units, limit := want[c.call], 1024
			if p.name == "worst" {
				units, limit = 2*units, 2048
			}
			if c.bytes > limit || c.units > units || p.name == "typical" && c.units != units {
				t.Errorf("%s: %s cost %.0f units, the row is %d bytes; want %.0f units and at most %d bytes", p.name, c.call, c.units, c.bytes, units, limit)
			}
		}
		for pk, row := range s.scan(s.tables.Bindings) {
			t.Logf("%-8s %.2s           row of %4d bytes", p.name, pk, size(row))
			if size(row) > 512 {
				t.Errorf("%s: row %.2s of bindings is %d bytes", p.name, pk, size(row))
			}
		}
	}
}

// BenchmarkStep is the work of one step without the network: a double answers.
func BenchmarkStep(b *testing.B) {
	var seen []any
	api := answers(nil, &seen)
	st := store.New(api, physical, dataKey(b))
	for _, s := range withKeyRow(b, api) {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				seen = seen[:0]
				if err := s.run(context.Background(), st); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRead is the reading of a whole row, sealed values included.
func BenchmarkRead(b *testing.B) {
	row := boundRow(b)
	st := store.New(double{get: func(*dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
		return &dynamodb.GetItemOutput{Item: row}, nil
	}}, physical, dataKey(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := st.Claim(context.Background(), account, noon); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPerson reports what one person's calls cost on DynamoDB Local: units and bytes are exact,
// the time is the emulator's.
func BenchmarkPerson(b *testing.B) {
	for _, p := range people() {
		b.Run(p.name, func(b *testing.B) {
			var costs []cost
			for b.Loop() {
				costs, _ = live(b, p)
			}
			for _, c := range costs {
				call := strings.ReplaceAll(c.call, " ", "-")
				b.ReportMetric(c.units, call+"-WRU")
				b.ReportMetric(float64(c.bytes), call+"-row-B")
			}
		})
	}
}

package disposable

import (
	_ "embed" // the list
	"slices"
	"strings"

	"mailbind/shared/address"
)

// list has one domain a line, as A-labels in lower case, sorted by bytes; the last line ends too.
//
//go:embed data/list.txt
var list string

// Domains says which addresses are disposable: those of the list, and those that the operator adds.
type Domains struct {
	// Extra are more domains, as A-labels in lower case (address.ParseDomain gives them).
	Extra []string
}

// Has reports whether the domain of a, or a parent domain of it, is listed: mailinator.com holds for
// x.mailinator.com too. The list never holds for a provider that address.KnownDomain knows, nor does a
// parent domain in Extra; only Extra that names the very provider does, as the operator's own word.
// For the moment of binding only.
func (d Domains) Has(a address.Address) bool {
	if a.IsZero() {
		return false
	}
	domain := a.Domain()
	if address.KnownDomain(domain) {
		return slices.Contains(d.Extra, domain)
	}
	if address.Within(a, d.Extra) {
		return true
	}
	for found := true; found; _, domain, found = strings.Cut(domain, ".") {
		if listed(domain) {
			return true
		}
	}
	return false
}

// listed searches the list for one line by halves, where it lies in the binary.
func listed(domain string) bool {
	from, to := 0, len(list) // both at the start of a line
	for from < to {
		mid := from + (to-from)/2
		start := from + strings.LastIndexByte(list[from:mid], '\n') + 1
		end := start + strings.IndexByte(list[start:], '\n')
		switch line := list[start:end]; {
		case domain == line:
			return true
		case domain < line:
			to = start
		default:
			from = end + 1
		}
	}
	return false
}

package mail

import "strings"

const textRule = "----------------------------------------"

// text is the plain part. Paragraphs are not wrapped: mail apps on phones wrap at their own width,
// and lines broken by us would be broken twice. Code and links stand alone on their lines.
func (m message) text() string {
	var b strings.Builder
	para := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteString("\n\n")
	}
	para(m.title)
	for _, bl := range m.blocks {
		switch bl := bl.(type) {
		case paragraph:
			para(string(bl))
		case callout:
			para(string(bl))
		case small:
			para(string(bl))
		case heading:
			para(m.lang.HeadingOpen, string(bl), m.lang.HeadingClose)
		case code:
			para(string(bl))
		case link:
			para(string(bl))
		case aside:
			para(string(bl))
		case contact:
			para(shown(string(bl)))
		case help:
			para(bl.words, shown(bl.url))
		case factList:
			for _, f := range bl {
				b.WriteString(f.name + m.lang.Colon + f.value + "\n")
			}
			b.WriteString("\n")
		case rule:
			para(textRule)
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// shown is the text of the support link: its target, so that what is read is where it goes. Only a
// mailto address is shown without its scheme, as people know it.
func shown(support string) string { return strings.TrimPrefix(support, "mailto:") }

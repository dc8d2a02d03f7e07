package lambda

import (
	"bytes"
	"io"
	"sync"
)

// lines writes whole lines, each with a prefix. The instances of a function share one; out is written to once per line.
type lines struct {
	mu     sync.Mutex
	out    io.Writer
	prefix string
	rest   []byte
}

func (l *lines) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, text...)
	for {
		end := bytes.IndexByte(l.rest, '\n')
		if end < 0 {
			return len(text), nil
		}
		line := append([]byte(l.prefix), l.rest[:end+1]...)
		l.rest = l.rest[end+1:]
		if _, err := l.out.Write(line); err != nil {
			return 0, err
		}
	}
}

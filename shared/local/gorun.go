package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// endWithGoRun ends ctx when `go run` was the parent and is gone: it passes no SIGTERM on, and whoever stops `go run` by its id
// would leave the stack behind. Where there is no /proc, ctx stays as it is.
func endWithGoRun(ctx context.Context) context.Context {
	parent := os.Getppid()
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", parent))
	if err != nil || strings.TrimSpace(string(name)) != "go" {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		for ctx.Err() == nil && os.Getppid() == parent {
			time.Sleep(500 * time.Millisecond)
		}
	}()
	return ctx
}

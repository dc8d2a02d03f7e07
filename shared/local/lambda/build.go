package lambda

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// Build compiles the package in each folder of sources (name -> folder) into out/NAME/bootstrap, with the flags of the deployment
// but for this machine's own system. A failure carries the compiler's words.
func Build(ctx context.Context, out string, sources map[string]string) error {
	var (
		mu       sync.Mutex
		failures []error
		group    sync.WaitGroup
		slots    = make(chan struct{}, runtime.NumCPU())
	)
	for name, folder := range sources {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if err := buildOne(ctx, filepath.Join(out, name, "bootstrap"), folder); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failures = append(failures, fmt.Errorf("build %s: %w", name, err))
			}
		})
	}
	group.Wait()
	return errors.Join(failures...)
}

func buildOne(ctx context.Context, binary, folder string) error {
	command := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	command.Dir = folder
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	var words bytes.Buffer
	command.Stdout, command.Stderr = &words, &words
	if err := command.Run(); err != nil {
		return fmt.Errorf("%w\n%s", err, words.Bytes())
	}
	return nil
}

package dynamolocal

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStartAnswersAndStopLeavesNothing(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	endpoint, stop, err := Start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if parsed, err := url.Parse(endpoint); err != nil || parsed.Hostname() != "127.0.0.1" {
		t.Errorf("endpoint %q is not on 127.0.0.1", endpoint)
	}
	if err := Answers(context.Background(), endpoint); err != nil {
		t.Error(err)
	}
	stop()
	stop()
	if err := Answers(context.Background(), endpoint); err == nil {
		t.Error("it answers after stop")
	}
	left, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Errorf("stop left %s", names(left))
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Start(ctx); err == nil {
		t.Fatal("started under a cancelled context")
	}
}

func TestAMissingJavaIsSaidWithAdvice(t *testing.T) {
	t.Setenv("JAVA_HOME", t.TempDir())
	_, _, err := Start(context.Background())
	if err == nil || !strings.Contains(err.Error(), "needs Java 17 or newer") {
		t.Fatalf("got %v", err)
	}
}

func TestAnOldJavaIsSaidWithAdvice(t *testing.T) {
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho 'java version \"1.8.0_292\"' >&2\n"
	if err := os.WriteFile(filepath.Join(home, "bin", "java"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JAVA_HOME", home)
	_, err := findJava(context.Background())
	if err == nil || !strings.Contains(err.Error(), "is version 8") {
		t.Fatalf("got %v", err)
	}
}

func TestAMissingMavenIsSaidWithAdvice(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := fetch(context.Background(), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "install Apache Maven") {
		t.Fatalf("got %v", err)
	}
}

func TestAnInterruptedFetchIsRepeatedAndAFinishedOneIsNot(t *testing.T) {
	cache := t.TempDir()
	calls := 0
	broken := func(_ context.Context, folder string) error {
		calls++
		if err := os.WriteFile(filepath.Join(folder, "half.jar"), nil, 0o644); err != nil {
			return err
		}
		return errors.New("cut off")
	}
	if _, err := jarsIn(context.Background(), cache, broken); err == nil {
		t.Fatal("a fetch that failed counted as done")
	}
	whole := func(_ context.Context, folder string) error {
		calls++
		entries, err := os.ReadDir(folder)
		if len(entries) != 0 {
			t.Errorf("the second fetch started on %s", names(entries))
		}
		return errors.Join(err, os.WriteFile(filepath.Join(folder, "whole.jar"), nil, 0o644))
	}
	for range 2 {
		folder, err := jarsIn(context.Background(), cache, whole)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(folder, "whole.jar")); err != nil {
			t.Error(err)
		}
	}
	if calls != 2 {
		t.Errorf("fetched %d times, want 2", calls)
	}
}

func TestTwoProcessesDoNotFetchAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if _, err := lock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the second lock got %v", err)
	}
	unlock()
	again, err := lock(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestTheEnvironmentLosesItsAWSSettings(t *testing.T) {
	kept := withoutAWS([]string{"HOME=/home/a", "AWS_PROFILE=work", "AWS_ACCESS_KEY_ID=A"})
	if len(kept) != 1 || kept[0] != "HOME=/home/a" {
		t.Errorf("kept %q", kept)
	}
}

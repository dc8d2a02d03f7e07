package dynamolocal

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"mailbind/shared/local/child"
)

//go:embed pom.xml
var pom []byte

// copyGoal is Maven's own plugin, pinned so that every machine runs the same one.
const copyGoal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"

// jars returns the folder that holds DynamoDB Local and all it needs, fetching them from Maven Central when they are not there
// yet. The folder's name carries the hash of the pom, and it gets that name only once it is complete: an interrupted fetch
// leaves nothing that looks finished, and another version never mixes with this one.
func jars(ctx context.Context) (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder to keep DynamoDB Local in: %w", err)
	}
	return jarsIn(ctx, filepath.Join(base, "mailbind"), fetch)
}

// jarsIn is jars with the cache folder and the way of fetching given.
func jarsIn(ctx context.Context, cache string, fetch func(ctx context.Context, folder string) error) (string, error) {
	hash := sha256.Sum256(pom)
	folder := filepath.Join(cache, "dynamodb-local-"+hex.EncodeToString(hash[:6]))
	if complete(folder) {
		return folder, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(ctx, folder+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if complete(folder) {
		return folder, nil // another process fetched it while this one waited
	}
	staging := folder + ".part"
	for _, leftover := range []string{staging, folder} {
		if err := os.RemoveAll(leftover); err != nil {
			return "", err
		}
	}
	if err := os.Mkdir(staging, 0o755); err != nil {
		return "", err
	}
	defer os.RemoveAll(staging)
	if err := fetch(ctx, staging); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(staging, "complete"), nil, 0o644); err != nil {
		return "", err
	}
	return folder, os.Rename(staging, folder)
}

func complete(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "complete"))
	return err == nil
}

// lock lets one process at a time fetch; several test binaries may start at once. The lock ends with the process that holds it.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("waiting for another process that fetches DynamoDB Local: %w", ctx.Err())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// fetch copies the artifacts of the pom into folder with the developer's own Maven (its settings, its mirror).
func fetch(ctx context.Context, folder string) error {
	maven, err := exec.LookPath("mvn")
	if err != nil {
		return errors.New("DynamoDB Local is fetched once with Maven, and there is no `mvn` on the PATH: install Apache Maven 3.6 or newer" +
			" (Debian, Ubuntu: apt-get install maven; macOS: brew install maven)")
	}
	work, err := os.MkdirTemp("", "mailbind-fetch-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.WriteFile(filepath.Join(work, "pom.xml"), pom, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "fetching DynamoDB Local from Maven Central, once (about 50 MB)")
	// --strict-checksums: an artifact that was damaged on the way is an error, not a warning.
	command := exec.Command(maven, "--batch-mode", "--quiet", "--strict-checksums", copyGoal, "-DoutputDirectory="+folder)
	command.Dir = work
	output := newTail(4 << 10)
	command.Stdout, command.Stderr = output, output
	process, err := child.Start(command)
	if err != nil {
		return fmt.Errorf("start Maven: %w", err)
	}
	select {
	case <-ctx.Done():
		process.Kill()
		return ctx.Err()
	case <-process.Done():
	}
	if err := process.Err(); err != nil {
		return fmt.Errorf("fetch DynamoDB Local from Maven Central: %w\n%s", err, output)
	}
	return mainJarPresent(folder)
}

func mainJarPresent(folder string) error {
	found, err := filepath.Glob(filepath.Join(folder, "DynamoDBLocal-*.jar"))
	if err != nil {
		return err
	}
	if len(found) == 0 {
		entries, err := os.ReadDir(folder)
		return errors.Join(fmt.Errorf("no DynamoDBLocal.jar came with Maven, but %s", names(entries)), err)
	}
	return nil
}

func names(entries []fs.DirEntry) string {
	all := make([]string, 0, len(entries))
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return strings.Join(all, ", ")
}

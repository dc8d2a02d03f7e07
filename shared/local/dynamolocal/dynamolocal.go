// Package dynamolocal starts a DynamoDB Local of this machine, for the local stack and for tests.
//
// DynamoDB Local is AWS's own emulator. Version 2.6.1 is the newest that Maven Central serves complete and that runs on Java 17.
// It differs from AWS: transactions are serialised and never conflict, a table's stream has one shard, nothing is throttled, TTL
// deletes within seconds. Tests of conflicts and throttling have to inject them.
//
// Clients should set DisableValidateResponseChecksum in dynamodb.Options: its answers to failed conditions carry a checksum that
// does not match, and the Go SDK warns about each.
package dynamolocal

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"mailbind/shared/local/child"
)

//go:embed server.xml
var serverXML []byte

// minJava is the Java version DynamoDB Local 2.x is compiled for.
const minJava = 17

// startLimit is how long a start may take; a cold machine needs a few seconds.
const startLimit = 60 * time.Second

// Start starts a DynamoDB Local, empty and in memory, on a free port of 127.0.0.1, and returns when it answers. The first start on
// a machine fetches it (Maven, some 50 MB) into the user's cache folder.
//
// endpoint is its base URL, `http://127.0.0.1:PORT`; any credentials and region are accepted. stop ends it and removes its files;
// calling it again does nothing. ctx bounds the start alone. An error says what to install when Java or Maven is missing.
func Start(ctx context.Context) (endpoint string, stop func(), err error) {
	java, err := findJava(ctx)
	if err != nil {
		return "", nil, err
	}
	folder, err := jars(ctx)
	if err != nil {
		return "", nil, err
	}
	// The port is chosen here and bound by Java a moment later; another program may take it in between.
	for attempt := 1; ; attempt++ {
		endpoint, stop, err = startOnce(ctx, java, folder)
		if err == nil || ctx.Err() != nil || attempt == 3 {
			return endpoint, stop, err
		}
	}
}

func startOnce(ctx context.Context, java, jarFolder string) (string, func(), error) {
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	work, err := os.MkdirTemp("", "mailbind-dynamodb-")
	if err != nil {
		return "", nil, err
	}
	configuration := filepath.Join(work, "server.xml")
	if err := os.WriteFile(configuration, serverXML, 0o600); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(work))
	}
	command := exec.Command(java,
		"-XX:TieredStopAtLevel=1", // starts in half the time; its work is too small for the second compiler to pay
		"-Djava.io.tmpdir="+work,
		"-Djava.library.path="+jarFolder,
		"-Dmailbind.port="+strconv.Itoa(port),
		"-cp", filepath.Join(jarFolder, "*"),
		"org.eclipse.jetty.xml.XmlConfiguration", configuration)
	command.Dir = work
	command.Env = append(withoutAWS(os.Environ()), "DDB_LOCAL_TELEMETRY=0")
	output := newTail(4 << 10)
	command.Stdout, command.Stderr = output, output
	process, err := child.Start(command)
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("start DynamoDB Local: %w", err), os.RemoveAll(work))
	}
	stop := sync.OnceFunc(func() {
		process.Kill() // in memory: there is nothing to finish
		os.RemoveAll(work)
	})
	endpoint := "http://127.0.0.1:" + strconv.Itoa(port)
	if err := waitUntilUp(ctx, process, endpoint, output); err != nil {
		stop()
		return "", nil, err
	}
	return endpoint, stop, nil
}

func waitUntilUp(ctx context.Context, process *child.Process, endpoint string, output *tail) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		if Answers(ctx, endpoint) == nil {
			return nil
		}
		select {
		case <-process.Done():
			return fmt.Errorf("DynamoDB Local ended while it started (%v):\n%s", process.Err(), output)
		case <-ctx.Done():
			return fmt.Errorf("DynamoDB Local did not answer: %w\n%s", ctx.Err(), output)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Answers asks a DynamoDB endpoint to list tables and reports why it did not.
func Answers(ctx context.Context, endpoint string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader("{}"))
	if err != nil {
		return err
	}
	request.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s: %s", endpoint, response.Status, body)
	}
	return nil
}

var javaVersion = regexp.MustCompile(`version "(?:1\.)?([0-9]+)`)

// findJava returns the path of a Java that is new enough: JAVA_HOME first, as Maven does it, then the PATH.
func findJava(ctx context.Context) (string, error) {
	advice := fmt.Sprintf("DynamoDB Local needs Java %d or newer (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17)", minJava)
	name := "java"
	if home := os.Getenv("JAVA_HOME"); home != "" {
		name = filepath.Join(home, "bin", "java")
	}
	java, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s: no program %s", advice, name)
	}
	output, err := exec.CommandContext(ctx, java, "-version").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: `%s -version` failed: %w\n%s", advice, java, err, output)
	}
	found := javaVersion.FindSubmatch(output)
	if found == nil {
		return "", fmt.Errorf("%s: `%s -version` names no version:\n%s", advice, java, output)
	}
	if major, err := strconv.Atoi(string(found[1])); err != nil || major < minJava {
		return "", fmt.Errorf("%s: %s is version %s", advice, java, found[1])
	}
	return java, nil
}

// withoutAWS drops what could lead an AWS program to a real account.
func withoutAWS(environment []string) []string {
	var kept []string
	for _, setting := range environment {
		if !strings.HasPrefix(setting, "AWS_") {
			kept = append(kept, setting)
		}
	}
	return kept
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
)

// call signs one request as the sales platform would and prints the answer.
func call(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("local call", flag.ContinueOnError)
	addr := f.String("addr", functionsAddr, "address of the functions")
	admin := f.String("admin-addr", adminAddr, "address of the simulator's administration, whose clock is used where it answers")
	data := f.String("d", "", "body: JSON, or @file")
	// Flags may stand behind METHOD and PATH too, as with curl.
	const about = "Signs a request to a function as the sales platform would, and prints the answer.\n\n  go run ./local call METHOD PATH [-d JSON|@file]"
	if err := parse(f, args, stderr, about); err != nil {
		return err
	}
	method, path := strings.ToUpper(f.Arg(0)), f.Arg(1)
	if f.NArg() > 2 {
		if err := parse(f, f.Args()[2:], stderr, about); err != nil {
			return err
		}
		if err := noArguments(f, stderr); err != nil {
			return err
		}
	}
	if method == "" || !strings.HasPrefix(path, "/") {
		fmt.Fprintln(stderr, "local: METHOD and PATH are needed, as in: call GET /couponissue/quotas")
		return errUsage
	}
	body, err := readBody(*data)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	now := simulatedNow(ctx, "http://"+*admin+"/_sim/clock")
	platform, err := harness.NewPlatform("http://"+*addr, func() time.Time { return now }, rand.Text)
	if err != nil {
		return err
	}
	status, answer, err := platform.Send(ctx, method, path, body)
	if err != nil {
		return fmt.Errorf("nothing answers at %s, start it with go run ./local: %w", *addr, err)
	}
	return printAnswer(stdout, status, answer)
}

// simulatedNow is the harness' instant, since its clock may have been moved, or the
// machine's where no harness answers.
func simulatedNow(ctx context.Context, address string) time.Time {
	machine := clock.System{}.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return machine
	}
	res, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return machine
	}
	defer res.Body.Close()
	var answer struct {
		Now time.Time `json:"now"`
	}
	if json.NewDecoder(io.LimitReader(res.Body, 1024)).Decode(&answer) != nil || answer.Now.IsZero() {
		return machine
	}
	return answer.Now
}

func readBody(data string) ([]byte, error) {
	name, isFile := strings.CutPrefix(data, "@")
	if !isFile {
		if data == "" {
			return nil, nil
		}
		return []byte(data), nil
	}
	return os.ReadFile(name)
}

func printAnswer(w io.Writer, status int, answer []byte) error {
	var pretty bytes.Buffer
	if json.Indent(&pretty, bytes.TrimSpace(answer), "", "  ") == nil {
		answer = pretty.Bytes()
	}
	if _, err := fmt.Fprintf(w, "HTTP %d %s\n%s\n", status, http.StatusText(status), answer); err != nil {
		return err
	}
	if status >= http.StatusBadRequest {
		return errors.New("the function refused")
	}
	return nil
}

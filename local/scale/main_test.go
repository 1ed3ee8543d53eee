package scale_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// role is what a process of this test binary plays; the benchmarks have none.
const role = "SCALE_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "cloud":
		exit(playCloud())
	case "exporter":
		exit(playExporter())
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// answer tells the benchmark, which reads one line.
func answer(v any) error { return json.NewEncoder(os.Stdout).Encode(v) }

// process is a process of this binary that plays a role until its input ends.
type process struct {
	command *exec.Cmd
	input   io.Closer
	output  *bufio.Reader
}

// play starts a process. What is its input is ended by stop.
func play(b *testing.B, as string, settings any) *process {
	b.Helper()
	text, err := json.Marshal(settings)
	if err != nil {
		b.Fatal(err)
	}
	p := &process{command: exec.CommandContext(b.Context(), os.Args[0])}
	p.command.Env = append(os.Environ(), role+"="+as, "SCALE_SETTINGS="+string(text))
	p.command.Stderr = os.Stderr
	input, err := p.command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	output, err := p.command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	p.input, p.output = input, bufio.NewReader(output)
	if err := p.command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.stop)
	return p
}

// hear waits for the process' answer.
func (p *process) hear(b *testing.B, v any) {
	b.Helper()
	line, err := p.output.ReadString('\n')
	if err == nil {
		err = json.Unmarshal([]byte(line), v)
	}
	if err != nil {
		b.Fatalf("a process ended without an answer: %v", err)
	}
}

func (p *process) stop() {
	_ = p.input.Close()
	_ = p.command.Wait()
}

// settings are what a process is told.
func settings(v any) error {
	return json.NewDecoder(strings.NewReader(os.Getenv("SCALE_SETTINGS"))).Decode(v)
}

// untilInputEnds waits until the benchmark has no more need of the process.
func untilInputEnds() error {
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

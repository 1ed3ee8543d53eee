package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
)

// process is a worker as the conductor sees it.
type process struct {
	id     int
	url    string
	conn   net.Conn
	out    *json.Encoder
	http   *http.Client
	cmd    *exec.Cmd
	stderr *bytes.Buffer
	ready  bool // for the present run
	dead   bool
}

// nursery starts workers, one ahead of the need, and reads what they say.
type nursery struct {
	listener net.Listener
	reports  chan report
	spare    chan *process
	failed   chan error

	mu      sync.Mutex
	waiting map[int]chan *process // by the number of a worker that has not said hello
	started int
}

func newNursery(ctx context.Context, reports chan report) (*nursery, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for workers: %w", err)
	}
	n := &nursery{
		listener: listener, reports: reports, spare: make(chan *process),
		failed: make(chan error, 1), waiting: map[int]chan *process{},
	}
	go n.accept()
	go n.breed(ctx)
	return n, nil
}

// worker returns one that serves nothing yet.
func (n *nursery) worker(ctx context.Context) (*process, error) {
	select {
	case p := <-n.spare:
		return p, nil
	case err := <-n.failed:
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// breed keeps one worker in reserve until the context ends.
func (n *nursery) breed(ctx context.Context) {
	defer func() { _ = n.listener.Close() }()
	for {
		p, err := n.start(ctx)
		if err != nil {
			n.failed <- err
			return
		}
		select {
		case n.spare <- p:
		case <-ctx.Done():
			p.stop()
			return
		}
	}
}

func (n *nursery) start(ctx context.Context) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	hello := make(chan *process, 1)
	n.mu.Lock()
	n.started++
	id := n.started
	n.waiting[id] = hello
	n.mu.Unlock()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, WorkerCommand, n.listener.Addr().String(), strconv.Itoa(id))
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // that it was killed is the rule
		close(ended)
	}()
	select {
	case p := <-hello:
		p.cmd, p.stderr = cmd, &stderr
		return p, nil
	case <-ended:
		return nil, fmt.Errorf("a worker ended before it began: %s", stderr.String())
	}
}

func (n *nursery) accept() {
	for {
		conn, err := n.listener.Accept()
		if err != nil {
			return
		}
		go n.listen(conn)
	}
}

// listen reads what one worker says until it dies.
func (n *nursery) listen(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := json.NewDecoder(conn)
	for {
		var a report
		if in.Decode(&a) != nil {
			return
		}
		if a.URL == "" {
			n.reports <- a
			continue
		}
		n.mu.Lock()
		hello := n.waiting[a.Worker]
		delete(n.waiting, a.Worker)
		n.mu.Unlock()
		if hello == nil {
			return
		}
		transport := http.DefaultTransport.(*http.Transport).Clone()
		hello <- &process{id: a.Worker, url: a.URL, conn: conn, out: json.NewEncoder(conn), http: &http.Client{Transport: transport}}
	}
}

// prepare lets the worker serve a run.
func (p *process) prepare(ctx context.Context, s setup) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+setupPath, bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := p.http.Do(req)
	if err != nil {
		return fmt.Errorf("prepare a worker: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("HTTP %d: %s", res.StatusCode, text)
	}
	if err != nil {
		return fmt.Errorf("prepare a worker: %w", err)
	}
	p.ready = true
	return nil
}

func (p *process) release(r release) error {
	if err := p.out.Encode(r); err != nil {
		return fmt.Errorf("release delivery %d: %w", r.Delivery, err)
	}
	return nil
}

func (p *process) stop() {
	p.dead = true
	_ = p.cmd.Process.Kill()
	_ = p.conn.Close()
	p.http.CloseIdleConnections()
}

package huawei

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
)

// snapshotFormat is raised when an older snapshot can be read no longer.
const snapshotFormat = 1

// maxSnapshot bounds a snapshot that is restored.
const maxSnapshot = 64 << 20

// snapshot is everything that decides what a server answers, but its options.
type snapshot struct {
	Format  int             `json:"format"`
	Site    bss.Site        `json:"site"`
	Seed    uint64          `json:"seed"`
	Now     *time.Time      `json:"now,omitempty"` // of a clock that can be set
	Streams [][]byte        `json:"streams"`       // what the random streams will draw
	State   json.RawMessage `json:"state"`
}

// Snapshot returns all that has happened as a JSON document, which Restore takes
// in this or another process. It holds whatever the server holds: codes, tokens
// and customers' names too.
func (s *Server) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := snapshot{Format: snapshotFormat, Site: s.options.Site, Seed: s.seed}
	if _, ok := s.options.Clock.(settableClock); ok {
		now := s.now()
		out.Now = &now
	}
	for _, source := range s.sources {
		stream, err := source.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("huawei: keeping a random stream: %w", err)
		}
		out.Streams = append(out.Streams, stream)
	}
	var err error
	if out.State, err = writeValue(reflect.ValueOf(&s.state).Elem()); err != nil {
		return nil, fmt.Errorf("huawei: keeping the state: %w", err)
	}
	return json.Marshal(out)
}

// Restore puts the server into the state of a snapshot: with the same options it
// goes on as the server would have of which the snapshot is. A clock that can be
// set is set. A snapshot that is malformed, of another format, or in which Check
// finds contradictions is refused, and nothing changes.
func (s *Server) Restore(document []byte) error {
	in, restored, err := readSnapshot(document)
	if err != nil {
		return fmt.Errorf("huawei: restoring a snapshot: %w", err)
	}
	if in.Site != s.options.Site {
		return fmt.Errorf("huawei: restoring a snapshot: it is of the site %q, and this server is of %q", in.Site, s.options.Site)
	}
	clock, settable := s.options.Clock.(settableClock)
	if in.Now != nil && !settable {
		return errors.New("huawei: restoring a snapshot: it has a time, and this clock cannot be set")
	}
	sources, err := readStreams(in.Streams)
	if err != nil {
		return fmt.Errorf("huawei: restoring a snapshot: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.Now != nil {
		clock.Set(*in.Now)
	}
	s.seed, s.state = in.Seed, *restored
	s.summaries = map[*customerBills]*billSummary{}
	s.draw(sources)
	return nil
}

func readSnapshot(document []byte) (in snapshot, restored *state, err error) {
	if err := json.Unmarshal(document, &in); err != nil {
		return in, nil, fmt.Errorf("it is malformed: %w", err)
	}
	if in.Format != snapshotFormat {
		return in, nil, fmt.Errorf("its format is %d, and this server reads %d", in.Format, snapshotFormat)
	}
	restored = &state{}
	if err := readValue(in.State, restored); err != nil {
		return in, nil, fmt.Errorf("its state is malformed: %w", err)
	}
	defer func() { // what Check cannot even look at
		if p := recover(); p != nil {
			err = fmt.Errorf("its state is malformed: %v", p)
		}
	}()
	if wrong := restored.check(); len(wrong) > 0 {
		return in, nil, fmt.Errorf("it contradicts itself: %s", strings.Join(wrong[:min(3, len(wrong))], "; "))
	}
	return in, restored, nil
}

func readStreams(streams [][]byte) (sources [streamCount]*rand.PCG, err error) {
	if len(streams) != len(sources) {
		return sources, fmt.Errorf("it has %d random streams, and this server %d", len(streams), len(sources))
	}
	for i := range sources {
		sources[i] = &rand.PCG{}
		if err := sources[i].UnmarshalBinary(streams[i]); err != nil {
			return sources, fmt.Errorf("a random stream is malformed: %w", err)
		}
	}
	return sources, nil
}

func (s *Server) snapshotRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /_sim/snapshot": s.serveSnapshot,
		"POST /_sim/restore": s.takeSnapshot,
	}
}

func (s *Server) serveSnapshot(w http.ResponseWriter, _ *http.Request) {
	document, err := s.Snapshot()
	if err != nil {
		adminFailure(http.StatusInternalServerError, err).send(w)
		return
	}
	reply{status: http.StatusOK, contentType: jsonType, body: document}.send(w)
}

func (s *Server) takeSnapshot(w http.ResponseWriter, r *http.Request) {
	document, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSnapshot))
	if err == nil {
		err = s.Restore(document)
	}
	if err != nil {
		adminFailure(http.StatusBadRequest, err).send(w)
		return
	}
	jsonReply(http.StatusOK, map[string]any{"status": "done"}).send(w)
}

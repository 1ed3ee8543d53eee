package billexport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// SubscribedConfig says where the files are that the partner subscribes to.
type SubscribedConfig struct {
	SubscribedURL       string         `envconfig:"SUBSCRIBED_URL" desc:"international site: where the files are that you subscribe to, obs://BUCKET, with the prefix that they are below, if any; none unless set"`
	SubscribedEndpoint  string         `envconfig:"SUBSCRIBED_ENDPOINT" desc:"address of the object store that SUBSCRIBED_URL is in, such as https://obs.ap-southeast-1.myhuaweicloud.com"`
	SubscribedAccessKey string         `envconfig:"SUBSCRIBED_ACCESS_KEY" desc:"access key of the account that has the bucket"`
	SubscribedSecretKey handler.Secret `envconfig:"SUBSCRIBED_SECRET_KEY" desc:"secret key of that account"`
}

// subscribedRoutes are further routes of the function.
func (f *function) subscribedRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodPost, Pattern: "/billexport/subscribed/{cycle}", Handle: f.postSubscribed},
		{Method: http.MethodGet, Pattern: "/billexport/subscribed/{cycle}", Handle: f.showSubscribed},
	}
}

// postSubscribed begins a run that reads the subscribed files of a cycle, and holds them
// against what the API says.
func (f *function) postSubscribed(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	cycle, err := f.parseCycle(r.PathValue("cycle"))
	if err != nil {
		return nil, err
	}
	id, err := f.newRunID()
	if err != nil {
		return nil, err
	}
	begun, err := f.beginSubscribed(ctx, cycle, id)
	if err != nil {
		return nil, err
	}
	return handler.Accepted(begun.status(f.now())), nil
}

// beginSubscribed begins a run, or finds the one of that id.
func (f *function) beginSubscribed(ctx context.Context, cycle bill.Cycle, id string) (run, error) {
	if f.archives == nil {
		return run{}, subscribedOff()
	}
	r, err := f.runs.begin(ctx, run{
		ID: id, Subscribed: true, Request: RunRequest{Cycle: cycle.String()}, State: RunPlanned,
		CreatedAt: f.now().UTC().Truncate(time.Second),
	})
	if err != nil {
		return run{}, functions.Problem(err)
	}
	return r, f.send(ctx, r.missing()...)
}

// showSubscribed answers the manifest byte for byte, because its hash counts.
func (f *function) showSubscribed(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	cycle := r.PathValue("cycle")
	if _, err := bill.ParseCycle(cycle); err != nil || !cyclePattern.MatchString(cycle) {
		return nil, cycleMalformed()
	}
	manifest, err := subscribed.Published(ctx, f.objects, cycle)
	if errors.Is(err, subscribed.ErrNotPublished) {
		return nil, subscribedNotCompared(cycle)
	}
	if err != nil {
		return nil, err
	}
	return &handler.Response{Body: manifest, Header: http.Header{"Content-Type": {"application/json"}}}, nil
}

// scheduledSubscribed compares the files of the month before this one, or of what the
// payload asks for, unless they agreed already: once a day, however often the timer
// strikes.
func (f *function) scheduledSubscribed(ctx context.Context, payload json.RawMessage) error {
	if f.archives == nil {
		return nil
	}
	in := struct {
		Cycle string `json:"cycle"`
	}{bill.CycleAt(f.now()).Plus(-1).String()}
	if len(payload) > 0 {
		if err := (&handler.Request{Body: payload}).Decode(&in); err != nil {
			return err
		}
	}
	cycle, err := f.parseCycle(in.Cycle)
	if err != nil {
		return err
	}
	if agreed, err := f.agreed(ctx, cycle); err != nil || agreed {
		return err
	}
	today := f.now().UTC().Add(8 * time.Hour).Format(time.DateOnly) // GMT+8, as cycles are
	_, err = f.beginSubscribed(ctx, cycle, runIDOf("subscribed", in.Cycle, today))
	return err
}

// agreed reports whether the archives that are there were compared, and agreed with the
// API and with the partner's bill.
func (f *function) agreed(ctx context.Context, cycle bill.Cycle) (bool, error) {
	content, err := subscribed.Published(ctx, f.objects, cycle.String())
	if errors.Is(err, subscribed.ErrNotPublished) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m, err := subscribed.Decode(content)
	if err != nil || !m.Agrees || !m.Postpaid.Out {
		return false, err
	}
	there, err := f.archivesThere(ctx, cycle)
	if err != nil {
		return false, err
	}
	compared := map[subscribed.Kind]int64{}
	for _, archive := range m.Archives {
		compared[archive.Kind] = archive.Bytes
	}
	for kind, size := range there {
		if compared[kind] != size {
			return false, nil
		}
	}
	return true, nil
}

// archivesThere are the sizes of those of a cycle that are in the bucket.
func (f *function) archivesThere(ctx context.Context, cycle bill.Cycle) (map[subscribed.Kind]int64, error) {
	there := map[subscribed.Kind]int64{}
	for _, kind := range subscribed.Kinds() {
		for object, err := range f.archives.List(ctx, kind.Object(cycle)) {
			if err != nil {
				return nil, subscribedUnread(kind.Object(cycle), err)
			}
			if object.Name == kind.Object(cycle) {
				there[kind] = object.Size
			}
		}
	}
	return there, nil
}

// openSubscribed opens where the subscribed files are. It is nil where none are read.
func (c Config) openSubscribed(rt functions.Runtime) (objects.Store, error) {
	if c.SubscribedURL == "" || bss.Site(c.Site) != bss.SiteIntl {
		return nil, nil //nolint:nilnil // a deployment without them is as good as one with them
	}
	if c.IAMUser == "" {
		return nil, errors.New("SUBSCRIBED_URL is set, but not BSS_IAM_USER: the files are compared with customers' records, which are read with customers' tokens")
	}
	store, err := objects.Open(c.SubscribedURL, objects.Options{
		Endpoint: c.SubscribedEndpoint, AccessKey: c.SubscribedAccessKey, SecretKey: c.SubscribedSecretKey.Reveal(),
		Transport: rt.Transport, Now: rt.Clock.Now, Sleep: rt.Clock.Sleep,
	})
	if err != nil {
		return nil, fmt.Errorf("SUBSCRIBED_URL: %w", err)
	}
	return store, nil
}

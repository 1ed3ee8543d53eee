// Command gcp is the function billexport on Google Cloud and in containers. On Google
// Cloud it publishes in Cloud Storage, and shares its work out by a topic of Pub/Sub.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/googletoken"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/ongcp"
	"github.com/bssfn/bssfn/functions/internal/tasks"
	"github.com/bssfn/bssfn/pkg/handler"
)

func main() {
	ongcp.Main(func(c billexport.Config) functions.Config { return c.Config }, build)
}

func build(cfg billexport.Config, rt functions.Runtime) (*handler.Edge, error) {
	google, err := googletoken.New(googletoken.Options{
		KeyFile: os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"), MetadataHost: os.Getenv("GCE_METADATA_HOST"),
		Scope: googletoken.CloudPlatform, Transport: rt.Transport, Now: rt.Clock.Now,
	})
	if err != nil {
		return nil, err
	}
	platform := billexport.Platform{Open: func(address string) (objects.Store, error) {
		o := cfg.StoreOptions(rt)
		if strings.HasPrefix(address, "gs:") {
			o.Endpoint, o.AccessKey, o.SecretKey = "", "", ""
			o.Token = google.Token
		}
		return objects.Open(address, o)
	}}
	if cfg.Queue != "" {
		platform.Tasks, err = tasks.NewPubSub(cfg.Queue, tasks.Options{
			Token: google.Token, Transport: rt.Transport, Now: rt.Clock.Now, Sleep: rt.Clock.Sleep,
		})
		if err != nil {
			return nil, fmt.Errorf("EXPORT_QUEUE: %w", err)
		}
	}
	return billexport.NewOn(platform, cfg, rt)
}

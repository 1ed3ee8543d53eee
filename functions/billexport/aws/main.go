// Command aws is the function billexport on AWS Lambda. It publishes in S3, and shares
// its work out by a queue of SQS.
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/onaws"
	"github.com/bssfn/bssfn/functions/internal/tasks"
	"github.com/bssfn/bssfn/pkg/handler"
)

func main() {
	onaws.Main(func(c billexport.Config) functions.Config { return c.Config }, build)
}

func build(cfg billexport.Config, rt functions.Runtime) (*handler.Edge, error) {
	account, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	platform := billexport.Platform{Open: func(address string) (objects.Store, error) {
		return objects.Open(address, storeOptions(address, account, cfg, rt))
	}}
	if cfg.Queue != "" {
		platform.Tasks, err = tasks.NewSQS(cfg.Queue, tasks.Options{
			Region: account.Region, Credentials: account.Credentials, Transport: rt.Transport, Now: rt.Clock.Now, Sleep: rt.Clock.Sleep,
		})
		if err != nil {
			return nil, fmt.Errorf("EXPORT_QUEUE: %w", err)
		}
	}
	return billexport.NewOn(platform, cfg, rt)
}

// storeOptions are those of S3 with the role of the function, or of another store with
// the keys of the configuration.
func storeOptions(address string, account aws.Config, cfg billexport.Config, rt functions.Runtime) objects.Options {
	o := cfg.StoreOptions(rt)
	if strings.HasPrefix(address, "s3:") {
		o.Endpoint, o.AccessKey, o.SecretKey = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), aws.ToString(account.BaseEndpoint)), "", ""
		o.Region, o.Credentials = account.Region, account.Credentials
	}
	return o
}

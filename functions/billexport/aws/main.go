// Command aws is the function billexport on AWS Lambda. It publishes in S3.
package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/onaws"
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
	destination, err := newBucket(s3.NewFromConfig(account), cfg.ExportURL)
	if err != nil {
		return nil, err
	}
	return billexport.NewTo(destination, cfg, rt)
}

// Command ours is a Lambda function that makes one call with pkg/bss.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

func main() {
	client, err := bss.New(bss.Config{
		Site: bss.SiteCN,
		Keys: sign.Keys{AccessKey: os.Getenv("BSS_ACCESS_KEY"), SecretKey: os.Getenv("BSS_SECRET_KEY")},
	})
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(func(ctx context.Context) (int, error) {
		rows, err := client.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
		return len(rows), err
	})
}

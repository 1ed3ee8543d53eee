// Command theirs is a Lambda function that makes one call with the vendor's SDK.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	sdk "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/region"
)

func main() {
	credentials, err := global.NewCredentialsBuilder().WithAk(os.Getenv("BSS_ACCESS_KEY")).WithSk(os.Getenv("BSS_SECRET_KEY")).
		WithDomainId("d1").SafeBuild() // otherwise it asks IAM for it
	if err != nil {
		log.Fatal(err)
	}
	client, err := sdk.BssClientBuilder().WithRegion(region.CN_NORTH_1).WithCredential(credentials).SafeBuild()
	if err != nil {
		log.Fatal(err)
	}
	calls := sdk.NewBssClient(client)
	lambda.Start(func(context.Context) (int, error) {
		answer, err := calls.ListPartnerBalances(&model.ListPartnerBalancesRequest{})
		if err != nil {
			return 0, err
		}
		return len(*answer.AccountBalances), nil
	})
}

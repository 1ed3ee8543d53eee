package main

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
)

// recorder answers that all is well, and keeps where requests went.
type recorder struct{ hosts []string }

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.hosts = append(r.hosts, req.URL.Host+" "+req.Header.Get("Authorization")[:len("AWS4-HMAC-SHA256 Credential=AK")])
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: req, Header: http.Header{}}, nil
}

// The bucket on AWS is the role's, and other stores have keys of their own.
func TestStoresBesideEachOther(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	rt := functions.Runtime{Clock: clock.System{}, Transport: r}
	account := aws.Config{Region: "eu-west-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "ROLE", SecretAccessKey: "x"}, nil
	})}
	cfg := billexport.Config{StoreConfig: billexport.StoreConfig{
		ExportEndpoint: "https://obs.cn-north-4.myhuaweicloud.com", ExportAccessKey: "OBSKEY", ExportSecretKey: handler.NewSecret("y"),
	}}
	for _, address := range []string{"s3://partner-bills/bills", "obs://partner-bills"} {
		store, err := objects.Open(address, storeOptions(address, account, cfg, rt))
		require.NoError(t, err)
		require.NoError(t, store.Delete(t.Context(), "a"))
	}
	assert.Equal(t, []string{
		"partner-bills.s3.eu-west-1.amazonaws.com AWS4-HMAC-SHA256 Credential=RO",
		"partner-bills.obs.cn-north-4.myhuaweicloud.com AWS4-HMAC-SHA256 Credential=OB",
	}, r.hosts)
}

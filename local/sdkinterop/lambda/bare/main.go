// Command bare is a Lambda function that calls nobody: what the other two of this
// folder are measured against.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context) (int, error) { return 0, nil })
}

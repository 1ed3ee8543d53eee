package bssfn_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/bssfn/bssfn"
)

// lambdaEnvironment is how many bytes of names and values AWS Lambda gives a function.
const lambdaEnvironment = 4096

// longValues are values as long as they get, by the end of a variable's name; any other
// value has 24 characters.
var longValues = map[string]string{
	"_URL":           "https://functions.sales-platform.example.com",
	"_PAGE":          "https://www.sales-platform.example.com/huawei-cloud",
	"_ISSUER":        "https://login.sales-platform.example.com",
	"_SECRET":        "whsec_" + strings.Repeat("x", 44),
	"_KEY":           strings.Repeat("x", 40),
	"_ENDPOINT":      "https://obs.ap-southeast-1.myhuaweicloud.com",
	"TICKET_KEYS":    "ed25519:" + strings.Repeat("x", 44),
	"CALLER_SECRETS": "whsec_" + strings.Repeat("x", 44),
}

// The key and the certificate of single sign-on take most of what there is.
func TestTheEnvironmentFitsAWSLambda(t *testing.T) {
	t.Parallel()
	used := 0
	for _, name := range environmentOf(t, "OnboardFunction") {
		used += len(name) + len(environmentValue(t, name))
	}
	t.Logf("onboard uses %d of %d bytes", used, lambdaEnvironment)
	assert.Less(t, used, lambdaEnvironment)
}

// environmentOf are the variables that the template gives a function.
func environmentOf(t *testing.T, function string) []string {
	t.Helper()
	type environment struct {
		Environment struct {
			Variables map[string]yaml.Node `yaml:"Variables"`
		} `yaml:"Environment"`
	}
	var template struct {
		Globals struct {
			Function environment `yaml:"Function"`
		} `yaml:"Globals"`
		Resources map[string]struct {
			Properties environment `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	require.NoError(t, yaml.Unmarshal(bssfn.Template, &template))
	var names []string
	for _, e := range []environment{template.Globals.Function, template.Resources[function].Properties} {
		require.NotEmpty(t, e.Environment.Variables)
		for name := range e.Environment.Variables {
			names = append(names, name)
		}
	}
	return names
}

func environmentValue(t *testing.T, name string) string {
	t.Helper()
	for variable, file := range map[string]string{"SAML_KEY": "key.pem", "SAML_CERTIFICATES": "certificate.pem"} {
		if name == variable {
			pem, err := os.ReadFile("local/harness/saml/" + file)
			require.NoError(t, err)
			return string(pem)
		}
	}
	for end, value := range longValues {
		if strings.HasSuffix(name, end) {
			return value
		}
	}
	return strings.Repeat("x", 24)
}

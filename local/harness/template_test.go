package harness_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn"
	"github.com/bssfn/bssfn/local/harness"
)

func TestTheTemplateHasTheFourFunctions(t *testing.T) {
	t.Parallel()
	deployments, err := harness.ReadTemplate(bssfn.Template)
	require.NoError(t, err)
	var names []string
	for _, d := range deployments {
		names = append(names, d.Function)
		assert.Equal(t, map[string][]string{"couponissue": {"campaigns"}, "billexport": {"exports"}}[d.Function], d.Queues)
		for _, r := range d.Routes {
			_, path, _ := strings.Cut(r, " ")
			assert.True(t, strings.HasPrefix(path, "/"+d.Function+"/"), r)
		}
	}
	assert.Equal(t, []string{"billexport", "couponissue", "onboard", "payorder"}, names)
}

func TestReadTemplateRefuses(t *testing.T) {
	t.Parallel()
	function := func(event string) string {
		return "Resources:\n  AFunction:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n        E: " + event
	}
	tests := map[string]struct{ template, want string }{
		"no YAML":               {"\t", "read the deployment's template"},
		"an unknown event":      {function("{Type: S3}"), "has the type S3"},
		"a timer without name":  {function(`{Type: ScheduleV2, Properties: {Input: '{}'}}`), `{"schedule":"name"}`},
		"a timer without input": {function(`{Type: ScheduleV2}`), `{"schedule":"name"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := harness.ReadTemplate([]byte(test.template))
			require.ErrorContains(t, err, test.want)
		})
	}
}

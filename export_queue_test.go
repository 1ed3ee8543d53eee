package bssfn_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/bssfn/bssfn"
)

// What the instances of an export take of the account's calls is never more than all,
// and a task's message is kept from others for longer than anybody can be at it.
func TestTheExportQueueSharesTheQuota(t *testing.T) {
	t.Parallel()
	var template struct {
		Parameters struct {
			ExportWorkers struct {
				Default       string   `yaml:"Default"`
				AllowedValues []string `yaml:"AllowedValues"`
			} `yaml:"ExportWorkers"`
		} `yaml:"Parameters"`
		Mappings struct {
			QuotaShare map[string]struct {
				Percent string `yaml:"Percent"`
			} `yaml:"QuotaShare"`
		} `yaml:"Mappings"`
		Resources struct {
			Queue struct {
				Properties struct {
					VisibilityTimeout int `yaml:"VisibilityTimeout"`
					RedrivePolicy     struct {
						MaxReceiveCount int `yaml:"maxReceiveCount"`
					} `yaml:"RedrivePolicy"`
				} `yaml:"Properties"`
			} `yaml:"ExportQueue"`
			Function struct {
				Properties struct {
					Timeout int `yaml:"Timeout"`
					Events  struct {
						Exports struct {
							Properties struct {
								BatchSize             int      `yaml:"BatchSize"`
								FunctionResponseTypes []string `yaml:"FunctionResponseTypes"`
							} `yaml:"Properties"`
						} `yaml:"Exports"`
					} `yaml:"Events"`
				} `yaml:"Properties"`
			} `yaml:"BillExportFunction"`
		} `yaml:"Resources"`
	}
	require.NoError(t, yaml.Unmarshal(bssfn.Template, &template))
	workers, shares := template.Parameters.ExportWorkers, template.Mappings.QuotaShare
	assert.Contains(t, workers.AllowedValues, workers.Default)
	assert.Len(t, shares, len(workers.AllowedValues))
	for _, value := range workers.AllowedValues {
		count, err := strconv.Atoi(value)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, count, 2, "the least MaximumConcurrency that Lambda takes")
		share, err := strconv.Atoi(shares[value].Percent)
		require.NoError(t, err)
		assert.Equal(t, 100, count*share, "%s: no call too many, and none left unused", value)
	}
	queue, function := template.Resources.Queue.Properties, template.Resources.Function.Properties
	assert.GreaterOrEqual(t, queue.VisibilityTimeout, 6*function.Timeout)
	assert.Positive(t, queue.RedrivePolicy.MaxReceiveCount)
	assert.Equal(t, 1, function.Events.Exports.Properties.BatchSize)
	assert.Equal(t, []string{"ReportBatchItemFailures"}, function.Events.Exports.Properties.FunctionResponseTypes)
}

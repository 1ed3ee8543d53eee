package billexport_test

import (
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

func TestDestinations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]billexport.Destinations{
		"":                                    {},
		"obs=obs://partner-bills/a":           {"obs": "obs://partner-bills/a"},
		"obs=obs://a-b, finance-2=file:/a=b,": {"obs": "obs://a-b", "finance-2": "file:/a=b"},
	} {
		var got billexport.Destinations
		require.NoError(t, got.UnmarshalText([]byte(text)), text)
		assert.Equal(t, want, got)
	}
	for _, wrong := range []string{"obs", "=file:/a", "Obs=file:/a", "obs:obs://partner-bills", "a=file:/a,a=file:/b", "a b=file:/a"} {
		var got billexport.Destinations
		assert.Error(t, got.UnmarshalText([]byte(wrong)), wrong)
	}
}

// What is published in a bucket, by a run that works in one, is what is published in a
// folder.
func TestABucketHasWhatAFolderHas(t *testing.T) {
	t.Parallel()
	const all = `"formats":["csv","csv.gz","parquet","focus-csv"]`
	w := newWorld(t)
	w.customer("resale-1", huawei.AssociationResale, february, 10)
	w.customer("resale-2", huawei.AssociationResale, february, 4)
	r := w.run(`{"cycle":"2026-02",` + all + `}`)
	require.Equal(t, billexport.RunPublished, r.State, "%+v", r.Reason)
	want := contentsOf(w.published(february))

	w.cfg.StoreConfig = billexport.StoreConfig{
		ExportEndpoint: w.cfg.Endpoint + "/_obs", ExportAccessKey: "SIMBUCKETAK", ExportSecretKey: handler.NewSecret("SIMBUCKETSK"),
	}
	folder := w.cfg.ExportURL
	w.cfg.ExportURL = "obs://partner-bills/exports"
	w.cfg.Destinations = billexport.Destinations{"folder": folder}
	w.open(billexport.Platform{})
	r = w.run(`{"cycle":"2026-02",` + all + `}`)
	require.Equal(t, billexport.RunPublished, r.State, "%+v", r.Reason)
	store, err := objects.Open(w.cfg.ExportURL, w.cfg.StoreOptions(functions.Runtime{Clock: w.clock, Transport: w}))
	require.NoError(t, err)
	m, err := publication.Verify(t.Context(), store, february)
	require.NoError(t, err)
	assert.Equal(t, want, contentsOf(m))
	for _, o := range w.cloud.Objects() {
		assert.False(t, strings.HasPrefix(o.Key, "exports/.work/"), o.Key)
	}

	r = w.run(`{"cycle":"2026-02","destination":"folder",` + all + `}`)
	require.Equal(t, billexport.RunPublished, r.State, "%+v", r.Reason)
	again := w.published(february)
	require.NotNil(t, again.Supersedes, "a folder has a chain of its own")
	assert.Zero(t, again.Changes.Added+again.Changes.Removed+again.Changes.Changed)

	for address, records := range map[string]int{w.cfg.ExportURL: 14, w.dir: 14} {
		seen := 0
		for v, err := range billexport.Verify(t.Context(), address, w.cfg.StoreConfig, functions.Runtime{Clock: w.clock, Transport: w}) {
			require.NoError(t, err)
			assert.Equal(t, records, v.Rows)
			assert.Positive(t, v.Bytes)
			seen++
		}
		assert.Equal(t, 1, seen, address)
	}
}

// contentsOf are the hashes of an export's files of bills by what they are.
func contentsOf(m publication.Manifest) map[string]string {
	hashes := map[string]string{}
	for _, f := range m.Files {
		hashes[f.Format+" "+f.CustomerID+" "+path.Base(f.Path)] = f.SHA256
	}
	return hashes
}

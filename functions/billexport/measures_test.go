package billexport_test

import (
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/pdftest"
	"github.com/bssfn/bssfn/local/huawei"
)

// names answers which units of measure there are, and keeps the languages it is asked in.
type names struct {
	mu    sync.Mutex
	asked []string
	next  http.Handler
}

func (n *names) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v2/bases/measurements" {
		n.next.ServeHTTP(w, r)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	language := r.Header.Get("X-Language")
	n.asked = append(n.asked, language)
	name := map[string]string{"zh_CN": "千次", "en_US": "k times"}[language]
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"measure_units":[{"measure_id":4,"measure_name":"h"},{"measure_id":77,"measure_name":"`+name+`"}]}`)
}

func TestStatementsNameTheUnitsOfTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	api := &names{next: w.cloud.API()}
	w.start(api)
	w.customer("resale", huawei.AssociationResale, february, 6)
	w.alter = func(_ *http.Request, page *feePage) {
		for i, r := range page.Records {
			r["usage_amount"], r["usage_measure_id"] = 3, []int{4, 77, 78}[i%3]
		}
	}
	for _, c := range []struct {
		headings, language string
		units              []string
	}{
		{"en", "en_US", []string{"hours", "k times", "unit 78"}},
		{"zh", "zh_CN", []string{"小时", "千次", "单位 78"}},
		{"names", "en_US", []string{"hours", "k times", "unit 78"}},
	} {
		api.asked = nil
		r := w.run(`{"cycle":"2026-02","formats":["csv","statements"],"headings":"` + c.headings + `"}`)
		require.Equal(t, billexport.RunPublished, r.State, "%+v", r.Reason)
		text := pdftest.Read(t, w.read(file(t, w.published(february), "statements").Path)).String()
		for _, unit := range c.units {
			assert.Contains(t, text, "\n"+unit+"\n")
		}
		assert.Equal(t, []string{c.language}, api.asked, "once a run")
	}
	api.asked = nil
	w.export(february)
	assert.Empty(t, api.asked, "without statements nobody reads them")
}

func TestWithoutNamesOfUnitsThereAreStatements(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 3)
	require.NoError(t, w.cloud.RefuseNext(huawei.Refusal{Operation: "ListMeasureUnits", Code: "CBC.0100", Next: 1}))
	r := w.run(`{"cycle":"2026-02","formats":["statements"]}`)
	require.Equal(t, billexport.RunPublished, r.State, "%+v", r.Reason)
}

package huawei

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The files that a partner of the international site subscribes to. Of them only the
// names, the size of a part and the first columns of a bill are documented; the columns
// after the billing mode of usage, those after the list price of a bill, the number of
// the first part, and which customers they are about are chosen here.
// https://support.huaweicloud.com/intl/en-us/api-bpconsole/mb_00002.html
const (
	subscribedBill  = "customerBill"
	subscribedUsage = "customerUsage"

	subscribedRows = 100_000 // of a part

	subscribedBillColumns  = "customer_id,product_id,service_type_code,resource_type_code,region_code,billing_mode,official_amount,official_discount_amount,amount,currency\n"
	subscribedUsageColumns = "customer_id,product_id,service_type_code,resource_type_code,region_code,billing_mode,resource_id,usage_type,usage,usage_measure_id\n"
)

type newSubscribedFiles struct {
	Cycle string `json:"cycle"`
}

func (s *Server) subscribedRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/subscribed": adminAction(func(_ context.Context, in newSubscribedFiles) (any, error) {
			keys, err := s.DeliverSubscribedFiles(in.Cycle)
			return map[string]any{"objects": list(keys)}, err
		}),
	}
}

// DeliverSubscribedFiles puts the archives of a cycle into the bucket, as Huawei Cloud
// does by noon of the 5th, and returns their keys. They are about all reseller
// customers. Called again, it puts them as they are now.
func (s *Server) DeliverSubscribedFiles(cycle string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := checkCycle("the cycle", cycle, s.now()); err != nil {
		return nil, fmt.Errorf("huawei: delivering subscribed files: %w", err)
	}
	if s.options.Bucket == "" || !s.abroad() {
		return nil, errors.New("huawei: delivering subscribed files: they are of the international site, and need a bucket")
	}
	bills := newSubscribedFile(subscribedBill, cycle, subscribedBillColumns)
	usage := newSubscribedFile(subscribedUsage, cycle, subscribedUsageColumns)
	for _, b := range s.state.bills {
		if b.cycle != cycle || b.association != AssociationReseller {
			continue
		}
		for _, f := range b.all() {
			bills.addBill(f, s.currency())
			if f.measured() {
				usage.addUsage(f)
			}
		}
	}
	var keys []string
	for _, file := range []*subscribedFile{bills, usage} {
		body, err := file.finish()
		if err != nil {
			return nil, fmt.Errorf("huawei: delivering subscribed files: %w", err)
		}
		s.store(file.key(), "application/gzip", body, s.now())
		keys = append(keys, file.key())
	}
	return keys, nil
}

// subscribedFile is an archive while it is written.
type subscribedFile struct {
	kind, cycle, columns string
	archive              bytes.Buffer
	zip                  *gzip.Writer
	tar                  *tar.Writer
	part                 []byte
	rows, parts          int
	err                  error
}

func newSubscribedFile(kind, cycle, columns string) *subscribedFile {
	f := &subscribedFile{kind: kind, cycle: strings.ReplaceAll(cycle, "-", ""), columns: columns, part: []byte(columns)}
	f.zip = gzip.NewWriter(&f.archive)
	f.tar = tar.NewWriter(f.zip)
	return f
}

func (f *subscribedFile) key() string { return fmt.Sprintf("%s/%s_%s.tar.gz", f.kind, f.kind, f.cycle) }

func (f *subscribedFile) addBill(r *feeRecord, currency string) {
	f.begin(r)
	for _, amount := range []billMoney{r.Official, r.Discount, r.Payment} {
		f.part = append(amount.appendTo(f.part), ',')
	}
	f.part = append(append(f.part, currency...), '\n')
}

func (f *subscribedFile) addUsage(r *feeRecord) {
	f.begin(r)
	f.part = append(append(f.part, r.ResourceID...), ',')
	f.part = append(append(f.part, r.UsageType...), ',')
	f.part = append(r.Usage.appendTo(f.part), ',')
	f.part = append(strconv.AppendInt(f.part, int64(r.UsageMeasureID), 10), '\n')
}

// begin writes the columns that both files have.
func (f *subscribedFile) begin(r *feeRecord) {
	if f.rows == subscribedRows {
		f.end()
	}
	f.rows++
	for _, text := range []string{r.CustomerID, r.ProductID, r.ServiceTypeCode, r.ResourceTypeCode, r.RegionCode, r.billingMode()} {
		f.part = append(append(f.part, text...), ',')
	}
}

// billingMode is how the files number the charging mode.
func (f *feeRecord) billingMode() string {
	switch {
	case f.BillDetailType == billSavingsPlanUse:
		return "6"
	case f.ChargingMode == chargeSavingsPlan:
		return "4"
	case f.ChargingMode == chargeReserved:
		return "2"
	case f.ChargingMode == chargeOnDemand:
		return "1"
	}
	return "0"
}

// end writes the part.
func (f *subscribedFile) end() {
	f.parts++
	header := tar.Header{
		Typeflag: tar.TypeReg, Name: fmt.Sprintf("%s_%s_%04d.csv", f.kind, f.cycle, f.parts),
		Size: int64(len(f.part)), Mode: 0o644, ModTime: time.Unix(0, 0).UTC(),
	}
	err := f.tar.WriteHeader(&header)
	if err == nil {
		_, err = f.tar.Write(f.part)
	}
	f.err = errors.Join(f.err, err)
	f.part, f.rows = append(f.part[:0], f.columns...), 0
}

func (f *subscribedFile) finish() ([]byte, error) {
	f.end()
	err := errors.Join(f.err, f.tar.Close(), f.zip.Close())
	return f.archive.Bytes(), err
}

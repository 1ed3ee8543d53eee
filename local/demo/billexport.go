package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/shopspring/decimal"
)

// export runs last month's export and checks what was published as finance would:
// by the manifest, the hashes and the comparison with the monthly summary.
func (d *day) export(ctx context.Context, s *Step) error {
	var run struct {
		ID    string `json:"run_id"`
		State string `json:"state"`
	}
	request := map[string]any{"cycle": d.world.Cycle, "formats": []string{"csv", "xlsx", "report"}}
	if err := d.Platform.Call(ctx, http.MethodPost, "/billexport/runs", request, &run); err != nil {
		return err
	}
	if err := d.Platform.Call(ctx, http.MethodGet, "/billexport/runs/"+run.ID+"?wait=20", nil, &run); err != nil {
		return err
	}
	if run.State != "published" {
		return fmt.Errorf("the run is %s, not published", run.State)
	}
	var manifest struct {
		State    string `json:"state"`
		Currency string `json:"currency"`
		Files    []struct {
			Path   string `json:"path"`
			Format string `json:"format"`
			Rows   int    `json:"rows"`
			SHA256 string `json:"sha256"`
		} `json:"files"`
		Customers int `json:"customers"`
		Sums      []struct {
			Currency string `json:"currency"`
			Amounts  struct {
				Official decimal.Decimal `json:"official_amount"`
				Payment  decimal.Decimal `json:"payment_amount"`
			} `json:"amounts"`
		} `json:"sums"`
		Reconciliation struct {
			Agrees   bool `json:"agrees"`
			Compared int  `json:"compared"`
		} `json:"reconciliation"`
	}
	if err := d.Platform.Call(ctx, http.MethodGet, "/billexport/exports/"+d.world.Cycle, nil, &manifest); err != nil {
		return err
	}
	s.add("month", "%s, %s", d.world.Cycle, manifest.State)
	s.add("customers", "%d with consumption, every list read in pages of %d", manifest.Customers, pageSize)
	for _, f := range manifest.Files {
		path := filepath.Join(d.out, filepath.FromSlash(f.Path))
		if err := checkHash(path, f.SHA256); err != nil {
			return err
		}
		s.add("file", "%s, %d rows", path, f.Rows)
		s.add("sha-256", "%s", f.SHA256)
		if f.Format == "csv" && f.Rows <= manifest.Customers*pageSize {
			return fmt.Errorf("%d rows are not more than a page a customer", f.Rows)
		}
	}
	s.add("manifest", "%s", filepath.Join(d.out, d.world.Cycle, "manifest.json"))
	for _, sum := range manifest.Sums {
		s.add("list price", "%s", money(sum.Amounts.Official, sum.Currency))
		s.add("paid", "%s", money(sum.Amounts.Payment, sum.Currency))
	}
	if !manifest.Reconciliation.Agrees {
		return errors.New("the records and the monthly summary do not agree")
	}
	s.add("monthly summary", "agrees in all %d lines", manifest.Reconciliation.Compared)
	return nil
}

func checkHash(path, want string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read a file that the manifest names: %w", err)
	}
	sum := sha256.Sum256(data)
	if hex.EncodeToString(sum[:]) != want {
		return fmt.Errorf("%s is not what the manifest says: its SHA-256 differs", path)
	}
	return nil
}

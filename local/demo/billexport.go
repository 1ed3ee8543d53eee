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
	if err := d.Platform.Call(ctx, http.MethodPost, "/billexport/runs", map[string]any{"cycle": d.world.Cycle}, nil); err != nil {
		return err
	}
	var manifest struct {
		State    string `json:"state"`
		Currency string `json:"currency"`
		Files    []struct {
			Name   string `json:"name"`
			Rows   int    `json:"rows"`
			SHA256 string `json:"sha256"`
		} `json:"files"`
		Customers int `json:"customers"`
		Sums      []struct {
			Currency string          `json:"currency"`
			Official decimal.Decimal `json:"official_amount"`
			Payment  decimal.Decimal `json:"payment_amount"`
		} `json:"sums"`
		Reconciliation struct {
			Agrees   bool `json:"agrees"`
			Compared int  `json:"compared"`
		} `json:"reconciliation"`
	}
	if err := d.Platform.Call(ctx, http.MethodGet, "/billexport/runs/"+d.world.Cycle, nil, &manifest); err != nil {
		return err
	}
	folder := filepath.Join(d.out, d.world.Cycle)
	s.add("month", "%s, %s", d.world.Cycle, manifest.State)
	s.add("customers", "%d with consumption, every list read in pages of %d", manifest.Customers, pageSize)
	for _, f := range manifest.Files {
		path := filepath.Join(folder, f.Name)
		if err := checkHash(path, f.SHA256); err != nil {
			return err
		}
		s.add("file", "%s, %d rows", path, f.Rows)
		s.add("sha-256", "%s", f.SHA256)
		if f.Rows <= manifest.Customers*pageSize {
			return fmt.Errorf("%d rows are not more than a page a customer", f.Rows)
		}
	}
	s.add("manifest", "%s", filepath.Join(folder, "manifest.json"))
	for _, sum := range manifest.Sums {
		s.add("list price", "%s", money(sum.Official, sum.Currency))
		s.add("paid", "%s", money(sum.Payment, sum.Currency))
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

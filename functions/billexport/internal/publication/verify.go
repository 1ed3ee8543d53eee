package publication

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

// Verify reads the export of a cycle as its reader does: every file that the manifest
// names must be there with its size and hash, the sums of the customers must add up to
// those of the currencies, and what it supersedes must be kept. It returns the
// manifest, and an error that names everything that is wrong.
func Verify(ctx context.Context, store objects.Store, cycle string) (Manifest, error) {
	content, err := Read(ctx, store, cycle)
	if err != nil {
		return Manifest{}, err
	}
	return verify(ctx, store, content)
}

var manifestPath = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}|partial/[^/]+)/manifest\.json$`)

// VerifyAll verifies the exports of all cycles and of all partial runs, and yields the
// manifest of each with what is wrong with it.
func VerifyAll(ctx context.Context, store objects.Store) iter.Seq2[Manifest, error] {
	return func(yield func(Manifest, error) bool) {
		for object, err := range store.List(ctx, "") {
			if err != nil {
				yield(Manifest{}, fmt.Errorf("list what is published: %w", err))
				return
			}
			if !manifestPath.MatchString(object.Name) {
				continue
			}
			content, _, err := store.Get(ctx, object.Name, maxManifest)
			var m Manifest
			if err == nil {
				m, err = verify(ctx, store, content)
			}
			if err != nil {
				err = fmt.Errorf("%s: %w", object.Name, err)
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

func verify(ctx context.Context, store objects.Store, content []byte) (Manifest, error) {
	m, err := Decode(content)
	if err != nil {
		return Manifest{}, err
	}
	return m, errors.Join(verifyFiles(ctx, store, m), verifySums(m), verifyCopies(ctx, store, m, content))
}

func verifyFiles(ctx context.Context, store objects.Store, m Manifest) error {
	var errs []error
	named := map[string]bool{}
	for _, file := range m.Files {
		if named[file.Path] {
			errs = append(errs, fmt.Errorf("%w: %s is named twice", ErrIncomplete, file.Path))
		}
		named[file.Path] = true
		if err := VerifyFile(ctx, store, file); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// VerifyFile reads a file, which must be there with its size and hash.
func VerifyFile(ctx context.Context, store objects.Store, file File) error {
	content, err := store.Open(ctx, file.Path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrIncomplete, err)
	}
	defer content.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, content)
	switch {
	case err != nil:
		return fmt.Errorf("read %s: %w", file.Path, err)
	case size != file.Bytes:
		return fmt.Errorf("%w: %s has %d bytes, not %d", ErrIncomplete, file.Path, size, file.Bytes)
	case hex.EncodeToString(sum.Sum(nil)) != file.SHA256:
		return fmt.Errorf("%w: %s is not what the manifest says", ErrIncomplete, file.Path)
	}
	return nil
}

// verifySums holds the sums by currency against those by customer.
func verifySums(m Manifest) error {
	type total struct {
		rows            int
		payment, amount decimal.Decimal
	}
	add := func(sums []tally.Sum) map[string]total {
		totals := map[string]total{}
		for _, s := range sums {
			t := totals[s.Currency]
			t.rows += s.Rows
			t.payment = t.payment.Add(s.Amounts[bill.Payment].Decimal())
			for _, amount := range s.Amounts {
				t.amount = t.amount.Add(amount.Decimal())
			}
			t.amount = t.amount.Add(s.Invoice.Decimal()).Add(s.Margin.Decimal())
			totals[s.Currency] = t
		}
		return totals
	}
	var errs []error
	all, customers, rows := add(m.Sums), add(m.CustomerSums), 0
	for currency, a := range all {
		c := customers[currency]
		rows += a.rows
		if a.rows != c.rows || !a.payment.Equal(c.payment) || !a.amount.Equal(c.amount) {
			errs = append(errs, fmt.Errorf("the customers' sums in %s do not add up: %d records with %s, not %d with %s",
				currency, c.rows, c.payment, a.rows, a.payment))
		}
	}
	if len(customers) != len(all) || rows != m.Rows {
		errs = append(errs, fmt.Errorf("the sums are of %d records in %d currencies, not of %d in %d", rows, len(all), m.Rows, len(customers)))
	}
	return errors.Join(errs...)
}

// verifyCopies looks for the manifest beside the files, and for the one that it
// supersedes.
func verifyCopies(ctx context.Context, store objects.Store, m Manifest, content []byte) error {
	sum := sha256.Sum256(content)
	beside := VerifyFile(ctx, store, File{Path: m.Folder() + manifestName, Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:])})
	if m.Supersedes == nil {
		return beside
	}
	earlier, _, err := store.Get(ctx, m.Supersedes.Path, maxManifest)
	if err != nil {
		return errors.Join(beside, fmt.Errorf("%w: what it supersedes: %w", ErrIncomplete, err))
	}
	if sum := sha256.Sum256(earlier); hex.EncodeToString(sum[:]) != m.Supersedes.SHA256 {
		return errors.Join(beside, fmt.Errorf("%w: %s is not what is superseded", ErrIncomplete, m.Supersedes.Path))
	}
	return beside
}

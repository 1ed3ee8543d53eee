package bssfn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// floatsAllowed are the only declarations with floating-point numbers, and why
// they are no money.
var floatsAllowed = map[string]string{
	"functions/config.go Runtime.Random":                "handed on to the client",
	"local/chaos/worker.go worker.build":                "the client's Random, which spreads nothing",
	"local/harness/seeded.go seeded.float":              "the client's Random, from the seed",
	"local/huawei/client.go Server.newClient":           "the client's Random, which spreads nothing",
	"local/huawei/contract.go newEndpoint":              "a quota, as JSON numbers are decoded",
	"local/huawei/faults.go Fault.Probability":          "a probability",
	"local/huawei/faults.go Server.drawFault":           "draws against the probability",
	"local/huawei/snapshot_values.go valueReader.value": "a probability, read back",
	"local/huawei/snapshot_values.go valueWriter.value": "a probability, written down",
	"pkg/bss/client.go Config.Random":                   "spreads retries",
	"pkg/bss/client.go account.random":                  "spreads retries",
	"pkg/bss/client.go New":                             "the default of Random",
	"pkg/handler/locate.go describe":                    "the names of reflect's kinds",
	"pkg/ledger/storetest/bench.go BenchmarkDo":         "writes a payment, for a benchmark",
	"pkg/outbox/outbox.go Options.Random":               "spreads retries",
	"pkg/outbox/outbox.go New":                          "the default of Random",
	"pkg/outbox/retry.go Kept.failed":                   "spreads retries",
	"pkg/outbox/retry.go delay":                         "a share of a pause",
	"pkg/bss/retry.go Client.pause":                     "a share of a pause",
}

// floating are the names by which a floating-point number comes into a program:
// the types, and the functions that make such numbers out of text or decimals, or
// decimals out of them.
var floating = map[string]bool{
	"float32": true, "float64": true, "complex64": true, "complex128": true,
	"ParseFloat": true, "Float64": true, "InexactFloat64": true,
	"NewFromFloat": true, "NewFromFloat32": true, "NewFromFloatWithExponent": true,
}

func TestNoFloatHoldsMoney(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, path := range sources(t) {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, name := range floats(file) {
			where := filepath.ToSlash(path) + " " + name
			found[where] = true
			assert.NotEmpty(t, floatsAllowed[where], "%s has a floating-point number: money is decimal.Decimal", where)
		}
	}
	for where := range floatsAllowed {
		assert.True(t, found[where], "%s has no floating-point number any more: strike it from the list", where)
	}
}

// sources are the module's Go files, without tests and without the vendor's SDK,
// which only the interoperability tests use.
func sources(t *testing.T) []string {
	t.Helper()
	var paths []string
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(d.Name(), ".") && path != "."
		if d.IsDir() && (hidden || d.Name() == "testdata" || filepath.ToSlash(path) == "local/sdkinterop") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			paths = append(paths, path)
		}
		return nil
	}))
	require.Greater(t, len(paths), 50, "the walk begins at the module's root")
	return paths
}

// floats names the declarations of a file that have to do with floating-point
// numbers: functions, variables, types, and of structs the fields.
func floats(file *ast.File) []string {
	var names []string
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if hasFloat(d) {
				names = append(names, receiver(d)+d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				names = append(names, floatsOfSpec(spec)...)
			}
		}
	}
	return names
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	kind := d.Recv.List[0].Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name + "."
	}
	return "generic."
}

func floatsOfSpec(spec ast.Spec) []string {
	var names []string
	switch s := spec.(type) {
	case *ast.ValueSpec:
		if hasFloat(s) {
			names = append(names, s.Names[0].Name)
		}
	case *ast.TypeSpec:
		structure, ok := s.Type.(*ast.StructType)
		if !ok && hasFloat(s.Type) {
			names = append(names, s.Name.Name)
		}
		if ok {
			names = append(names, floatsOfFields(s.Name.Name, structure)...)
		}
	}
	return names
}

func floatsOfFields(owner string, structure *ast.StructType) []string {
	var names []string
	for _, field := range structure.Fields.List {
		if !hasFloat(field.Type) {
			continue
		}
		for _, name := range field.Names {
			names = append(names, owner+"."+name.Name)
		}
		if len(field.Names) == 0 {
			names = append(names, owner+" (embedded)")
		}
	}
	return names
}

func hasFloat(node ast.Node) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Ident:
			found = found || floating[x.Name]
		case *ast.BasicLit:
			found = found || x.Kind == token.FLOAT
		}
		return !found
	})
	return found
}

func TestFloatsAreFoundWhereverTheyHide(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "money.go", `package money

var rate = 0.06
const fee float32 = 1
type cents float64
type prices map[string][]float64
type pair[T any] struct { a T; b, c *float64; float64 }
func parameter(amount float64) {}
func result() (amount float64) { return }
func variable() { var amount float64; _ = amount }
func inferred(d decimal.Decimal) { amount := d.InexactFloat64(); _ = amount }
func parsed() { amount, _ := strconv.ParseFloat("1", 64); _ = amount }
func made(n int) decimal.Decimal { return decimal.NewFromFloat(1) }
func closure() { _ = func(float64) {} }
func (p *order) method() { _ = 1e3 }
func (p pair[T]) method() { _ = 1.5 }
func clean(d decimal.Decimal, n int) string { return d.String() }
type clean2 struct { amount decimal.Decimal }
`, parser.SkipObjectResolution)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"rate", "fee", "cents", "prices", "pair.b", "pair.c", "pair (embedded)", "parameter", "result", "variable",
		"inferred", "parsed", "made", "closure", "order.method", "generic.method",
	}, floats(file))
}

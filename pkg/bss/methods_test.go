package bss_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

// longestMethod is how many lines a method of an operation may have: what it needs
// more belongs to the annotations or to the call.
const longestMethod = 12

// clientMethods are the declared methods of the client, by their names.
func clientMethods(t *testing.T) (map[string]*ast.FuncDecl, *token.FileSet) {
	t.Helper()
	files := token.NewFileSet()
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	methods := map[string]*ast.FuncDecl{}
	for _, path := range paths {
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			star, pointer := f.Recv.List[0].Type.(*ast.StarExpr)
			if !pointer {
				continue
			}
			if of, ok := star.X.(*ast.Ident); ok && of.Name == "Client" {
				methods[f.Name.Name] = f
			}
		}
	}
	return methods, files
}

func TestMethodsAreShortAndTold(t *testing.T) {
	t.Parallel()
	methods, files := clientMethods(t)
	for _, op := range bss.Operations() {
		m, ok := methodOf(op)
		require.True(t, ok, op.Name)
		f := methods[m.Name]
		require.NotNil(t, f, op.Name)
		lines := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1
		assert.LessOrEqual(t, lines, longestMethod, "%s has %d lines", op.Name, lines)

		doc := f.Doc.Text()
		assert.True(t, strings.HasPrefix(doc, m.Name+" "), "%s: %s", op.Name, doc)
		assert.Contains(t, doc, "See "+op.Doc+".", op.Name)
		told := map[bss.Caller]string{
			bss.ByPartner: "partner", bss.ByDistributor: "distributor", bss.ByCustomer: "customer", bss.ByMaster: "master", bss.ByEither: "customer",
		}[op.Caller]
		assert.Contains(t, strings.ToLower(doc), told, "%s: who may call it?", op.Name)
		if op.Safety == bss.Once {
			assert.Contains(t, doc, "repeated", "%s: is it repeated when its outcome is unknown?", op.Name)
		}
	}
}

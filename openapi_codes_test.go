package bssfn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A code that is answered and not documented, or documented and never answered,
// misleads whoever handles problems by it.
func TestTheDocumentHasEveryProblemCode(t *testing.T) {
	t.Parallel()
	doc := loadOpenAPI(t)
	documented, answered := documentedCodes(t, doc), answeredCodes(t)
	assert.Equal(t, slices.Sorted(maps.Keys(answered)), slices.Sorted(maps.Keys(documented)), "codes of the program, codes of the responses")

	var catalogue []string
	for _, kind := range doc.Components.Schemas["ProblemCode"].Value.OneOf {
		catalogue = append(catalogue, kind.Value.Const.(string))
		assert.NotEmpty(t, kind.Value.Description, kind.Value.Const)
	}
	assert.Equal(t, catalogue, slices.Sorted(maps.Keys(documented)), "the catalogue, codes of the responses")
}

func TestTheDocumentHasEveryProblemUnderItsStatus(t *testing.T) {
	t.Parallel()
	documented := documentedCodes(t, loadOpenAPI(t))
	for code, statuses := range answeredCodes(t) {
		if len(statuses) == 0 {
			continue // the status stands elsewhere than the code
		}
		assert.Equal(t, slices.Sorted(maps.Keys(statuses)), slices.Sorted(maps.Keys(documented[code])), code)
	}
}

// statuses are HTTP statuses, as in 409.
type statuses map[int]bool

// documentedCodes are the codes that the responses list, with their statuses.
func documentedCodes(t *testing.T, doc *openapi3.T) map[string]statuses {
	t.Helper()
	all := map[string]statuses{}
	add := func(status int, response *openapi3.Response, where string) {
		codes := codesOf(response)
		require.NotEmpty(t, codes, "%s, %d lists no codes", where, status)
		assert.True(t, slices.IsSorted(codes), "%s, %d: %v are not sorted", where, status, codes)
		for _, code := range codes {
			if all[code] == nil {
				all[code] = statuses{}
			}
			all[code][status] = true
		}
	}
	for route, operation := range operations(doc) {
		for text, response := range operation.Responses.Map() {
			if status, err := strconv.Atoi(text); err == nil && status >= http.StatusBadRequest {
				add(status, response.Value, route)
			}
		}
	}
	// These two belong to no route.
	add(http.StatusNotFound, doc.Components.Responses["NoRoute"].Value, "NoRoute")
	add(http.StatusMethodNotAllowed, doc.Components.Responses["WrongMethod"].Value, "WrongMethod")
	return all
}

// codesOf are the codes to which a response narrows the problem's.
func codesOf(response *openapi3.Response) []string {
	var codes []string
	for _, narrowed := range response.Content["application/problem+json"].Schema.Value.AllOf {
		for _, code := range narrowed.Value.Properties["code"].Value.Enum {
			codes = append(codes, code.(string))
		}
	}
	return codes
}

// answeredCodes are the codes that the functions and the edge can answer, with the
// statuses that stand beside them in the program.
func answeredCodes(t *testing.T) map[string]statuses {
	t.Helper()
	all := map[string]statuses{}
	for _, dir := range append(foldersUnder(t, "functions"), filepath.Join("pkg", "handler")) {
		files := parseFolder(t, dir)
		named := parameterNames(files)
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				values := namedValues(n, named)
				code, ok := values["code"].(*ast.BasicLit)
				if !ok || code.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(code.Value)
				require.NoError(t, err)
				if all[text] == nil {
					all[text] = statuses{}
				}
				if status := statusOf(values["status"]); status != 0 {
					all[text][status] = true
				}
				return true
			})
		}
	}
	return all
}

func foldersUnder(t *testing.T, root string) []string {
	t.Helper()
	var dirs []string
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			dirs = append(dirs, path)
		}
		return err
	}))
	return dirs
}

func parseFolder(t *testing.T, dir string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

// parameterNames are those of the functions of a package, by the functions' names.
func parameterNames(files []*ast.File) map[string][]string {
	named := map[string][]string{}
	for _, file := range files {
		for _, declaration := range file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			for _, field := range f.Type.Params.List {
				for _, name := range field.Names {
					named[f.Name.Name] = append(named[f.Name.Name], name.Name)
				}
			}
		}
	}
	return named
}

// namedValues are what a node gives to names, in lower case: to the fields of a
// literal or an assignment, or to the parameters of a function of the package.
func namedValues(n ast.Node, parameters map[string][]string) map[string]ast.Expr {
	values := map[string]ast.Expr{}
	switch n := n.(type) {
	case *ast.CompositeLit:
		for _, element := range n.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				if field, ok := pair.Key.(*ast.Ident); ok {
					values[strings.ToLower(field.Name)] = pair.Value
				}
			}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if field, ok := left.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) {
				values[strings.ToLower(field.Sel.Name)] = n.Rhs[i]
			}
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && len(parameters[f.Name]) == len(n.Args) {
			for i, name := range parameters[f.Name] {
				values[name] = n.Args[i]
			}
		}
	}
	return values
}

// statusOf reads an expression such as http.StatusConflict; 0 is another one.
func statusOf(e ast.Expr) int {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok {
		return 0
	}
	for status := http.StatusBadRequest; status <= 599; status++ {
		text := http.StatusText(status)
		if text != "" && selector.Sel.Name == "Status"+strings.ReplaceAll(text, " ", "") {
			return status
		}
	}
	return 0
}

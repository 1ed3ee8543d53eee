package bssfn_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/demo"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/pkg/handler"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the documentation")

var readmes = []string{"README.md", "README.zh-CN.md"}

// generated checks the part of a file between two markers, or rewrites it.
func generated(t *testing.T, file, marker, want string) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	begin, end := "<!-- "+marker+" -->\n", "<!-- /"+marker+" -->"
	before, rest, found := strings.Cut(string(data), begin)
	require.True(t, found, "%s has no %s", file, begin)
	got, after, found := strings.Cut(rest, end)
	require.True(t, found, "%s has no %s", file, end)
	if *update && got != want {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+want+end+after), 0o600))
		return
	}
	assert.Equal(t, want, got, "%s is not what the code says; go test . -update rewrites it", file)
}

// Both READMEs are checked in one test, so that a rewrite is not torn.
func TestTheReadmesSayWhatTheCodeDoes(t *testing.T) {
	t.Parallel()
	output, table := demoOutput(t), configurationTable()
	for _, file := range readmes {
		generated(t, file, "demo", "```text\n"+output+"```\n")
		generated(t, file, "configuration", table)
	}
}

// demoOutput is what the first command of the README prints.
func demoOutput(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var b bytes.Buffer
	_, err := demo.Run(t.Context(), demo.Options{
		Seed: 1, Start: time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC), Out: filepath.Join(dir, "demo-out"), Progress: &b,
	})
	require.NoError(t, err)
	return strings.ReplaceAll(b.String(), dir+string(filepath.Separator), "") + "The day is done; seed 1 plays it again.\n"
}

// configurationTable is every variable of every function: first those of all functions.
func configurationTable() string {
	functions := []struct {
		name   string
		config any
	}{
		{"onboard", &onboard.Config{}}, {"payorder", &payorder.Config{}}, {"billexport", &billexport.Config{}}, {"couponissue", &couponissue.Config{}},
	}
	has := map[handler.Variable]int{}
	for _, f := range functions {
		for _, v := range handler.Variables(f.config) {
			has[v]++
		}
	}
	shared, own := []string{"| variable | function | default | meaning |", "|---|---|---|---|"}, []string{}
	for i, f := range functions {
		for _, v := range handler.Variables(f.config) {
			switch {
			case has[v] < len(functions):
				own = append(own, configurationRow(f.name, v))
			case i == 0:
				shared = append(shared, configurationRow("all", v))
			}
		}
	}
	return strings.Join(append(shared, own...), "\n") + "\n"
}

func configurationRow(function string, v handler.Variable) string {
	value := "`" + v.Default + "`"
	switch {
	case v.Required:
		value = "required"
	case v.Default == "":
		value = ""
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |", v.Name, function, value, strings.ReplaceAll(v.Description, "|", "\\|"))
}

// A person who reads a route in the README can call it.
func TestTheReadmesNameEveryRoute(t *testing.T) {
	t.Parallel()
	deployments, err := harness.ReadTemplate(bssfn.Template)
	require.NoError(t, err)
	for _, file := range readmes {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, d := range deployments {
			for _, route := range d.Routes {
				_, path, _ := strings.Cut(route, " ")
				last := path[strings.LastIndex(path, "/"):]
				shared := strings.Replace(route, "/"+d.Function+"/", "/{function}/", 1)
				named := func(text string) bool { return strings.Contains(string(data), text) }
				assert.True(t, named(route) || named(shared) || named("…"+last), "%s does not name %s", file, route)
			}
		}
	}
}

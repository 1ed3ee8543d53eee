// Modelgen writes the registry and the models of package bss from the published
// contract and from the annotations in the folder areas, which give what the
// contract lacks: names, exact types, enumerations and explanations. README.md
// describes the annotations.
//
// It is run by go generate in pkg/bss; a test fails where its output and the
// files differ.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "modelgen:", err)
		os.Exit(1)
	}
}

// run writes the files of package bss, in whose folder go generate starts it.
func run() error {
	files, err := generate()
	if err != nil {
		return err
	}
	old, err := filepath.Glob("*_gen.go")
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, current := files[name]; !current {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the text of each generated file by its name.
func generate() (map[string][]byte, error) {
	doc, err := loadContract()
	if err != nil {
		return nil, err
	}
	areas, err := loadAreas()
	if err != nil {
		return nil, err
	}
	m, err := resolve(doc, areas)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, a := range m.areas {
		text, err := m.models(a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.name, err)
		}
		files[a.name+"_model_gen.go"] = text
	}
	files["operations_gen.go"], err = m.registry()
	return files, err
}

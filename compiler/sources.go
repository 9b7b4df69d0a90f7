package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
)

// sources are the texts of one policy folder, by path relative to it with forward slashes. The paths are what
// diagnostics name and what the compiled policy says when it aborts.
type sources struct {
	Modules map[string]string `json:"modules"`
	Data    map[string]string `json:"data"`
	Schemas map[string]string `json:"schemas"`
}

const testSuffix = "_test.rego"

func isTest(path string) bool { return strings.HasSuffix(path, testSuffix) }

// texts are all sources by path, to quote from.
func (s sources) texts() map[string]string {
	all := make(map[string]string, len(s.Modules)+len(s.Data)+len(s.Schemas))
	maps.Copy(all, s.Modules)
	maps.Copy(all, s.Data)
	maps.Copy(all, s.Schemas)
	return all
}

// parse gives the modules that keep(path) wants, in order of path, or every parse error of all of them.
func (s sources) parse(keep func(path string) bool) ([]bundle.ModuleFile, error) {
	options := ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: ast.CapabilitiesForThisVersion()}
	var files []bundle.ModuleFile
	var found Diagnostics
	for _, path := range slices.Sorted(maps.Keys(s.Modules)) {
		if !keep(path) {
			continue
		}
		module, err := ast.ParseModuleWithOpts(path, s.Modules[path], options)
		if err != nil {
			diagnostics, other := diagnose(err, s.Modules)
			if other != nil {
				return nil, fmt.Errorf("%s: %w", path, other)
			}
			found = append(found, diagnostics...)
			continue
		}
		if module == nil {
			found = append(found, at(s.Modules, path, 1, 1, ast.ParseErr, "the file holds no package"))
			continue
		}
		files = append(files, bundle.ModuleFile{URL: path, Path: path, Parsed: module, Raw: []byte(s.Modules[path])})
	}
	if len(found) > 0 {
		return nil, found.sorted()
	}
	return files, nil
}

func everything(string) bool        { return true }
func withoutTests(path string) bool { return !isTest(path) }

func byPath(files []bundle.ModuleFile) map[string]*ast.Module {
	modules := make(map[string]*ast.Module, len(files))
	for _, file := range files {
		modules[file.Path] = file.Parsed
	}
	return modules
}

// schemaSet names each schema by its file: schemas/input.json is schema.input.
func (s sources) schemaSet() (*ast.SchemaSet, error) {
	set := ast.NewSchemaSet()
	for _, path := range slices.Sorted(maps.Keys(s.Schemas)) {
		var schema any
		if err := json.Unmarshal([]byte(s.Schemas[path]), &schema); err != nil {
			row, col := placeOfJSON(err, s.Schemas[path])
			return nil, Diagnostics{at(s.Schemas, path, row, col, "schema_invalid", err.Error())}
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		name = strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".schema")
		set.Put(ast.Ref{ast.SchemaRootDocument, ast.StringTerm(name)}, schema)
	}
	return set, nil
}

// placeOfJSON finds row and column of what a JSON decoder refused, from the offset that it tells.
func placeOfJSON(err error, text string) (row, col int) {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset < 1 || syntax.Offset > int64(len(text)) {
		return 0, 0
	}
	before := text[:syntax.Offset-1]
	return strings.Count(before, "\n") + 1, len(before) - strings.LastIndexByte(before, '\n')
}

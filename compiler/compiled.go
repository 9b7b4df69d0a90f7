package main

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
)

// maxFindings bounds the findings of one request; after that many a reader wants to fix rather than to read on.
const maxFindings = 200

// capabilities are all of this OPA, with the network closed: a schema may not be fetched.
func capabilities() *ast.Capabilities {
	all := ast.CapabilitiesForThisVersion()
	all.AllowNet = []string{}
	return all
}

// compiled compiles modules for reading and evaluating (not for WebAssembly, which `build` leaves to OPA's own builder).
func compiled(files []bundle.ModuleFile, texts map[string]string, set func(*ast.Compiler) *ast.Compiler) (*ast.Compiler, error) {
	compiler := set(ast.NewCompiler().
		SetErrorLimit(maxFindings).
		WithCapabilities(capabilities()).
		WithDefaultRegoVersion(ast.RegoV1))
	compiler.Compile(byPath(files))
	if !compiler.Failed() {
		return compiler, nil
	}
	found, err := diagnose(compiler.Errors, texts)
	if err != nil {
		return nil, err
	}
	return nil, found.sorted()
}

// definedIn says whether data holds a value where a rule wants to be.
func definedIn(data map[string]any) func(path []string) (bool, error) {
	return func(path []string) (bool, error) {
		var here any = data
		for index, key := range path {
			object, isObject := here.(map[string]any)
			if !isObject {
				return index > 0, nil
			}
			value, exists := object[key]
			if !exists {
				return false, nil
			}
			here = value
		}
		return len(path) > 0, nil
	}
}

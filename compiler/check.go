package main

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
)

type checkParams struct {
	sources
	builtinParams
	// Lenient drops the strict rules (unused imports and variables, shadowed names).
	Lenient bool `json:"lenient"`
}

type checkResult struct {
	Modules int `json:"modules"`
}

// check compiles strictly with schemas, tests included, and refuses builtins that no evaluator of ours has.
func check(line []byte) (any, error) {
	var params checkParams
	if err := json.Unmarshal(line, &params); err != nil {
		return nil, err
	}
	texts := params.texts()
	schemas, err := params.schemaSet()
	if err != nil {
		return nil, err
	}
	data, err := params.loadData()
	if err != nil {
		return nil, err
	}
	files, err := params.parse(everything)
	if err != nil {
		return nil, err
	}
	compiler, err := compiled(files, texts, func(c *ast.Compiler) *ast.Compiler {
		if len(params.Schemas) > 0 {
			c = c.WithSchemas(schemas)
		}
		return c.WithStrict(!params.Lenient).
			WithUseTypeCheckAnnotations(true).
			WithEnablePrintStatements(true).
			WithPathConflictsCheck(definedIn(data))
	})
	if err != nil {
		return nil, err
	}
	if found := params.refuse(builtinCalls(compiler, withoutTests), texts); len(found) > 0 {
		return nil, found
	}
	return checkResult{Modules: len(files)}, nil
}

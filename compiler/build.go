package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
)

type buildParams struct {
	sources
	builtinParams
	// Entrypoints are paths such as turnpike/decision; rules with METADATA `entrypoint: true` join them.
	Entrypoints []string `json:"entrypoints"`
	// Prepare says what becomes of data.turnpike.prepare.prepared: "" leaves it, "evaluate" puts its value at
	// data.prepared, "compile" gives the caller a module to evaluate it with, which is far sooner done.
	Prepare prepareMode `json:"prepare"`
	// KeepTests compiles files named *_test.rego too.
	KeepTests bool `json:"keep_tests"`
}

type buildResult struct {
	// Wasm is the compiled policy (base64 in JSON), byte for byte what `opa build -t wasm` makes of the same files.
	Wasm []byte `json:"wasm"`
	// Plan is the same policy as OPA's intermediate representation (base64 in JSON), as `opa build -t plan` makes it, with
	// the same entry points.
	Plan []byte `json:"plan"`
	// DataJSON is a text, so that numbers survive a reader whose numbers are doubles.
	DataJSON  string                `json:"data_json"`
	Resolvers []bundle.WasmResolver `json:"resolvers"`
	// Prepared says whether data.prepared is in the data.
	Prepared bool `json:"prepared"`
	// PrepareWasm is a module whose one entry point is turnpike/prepare/prepared, if it was asked for and there is such a rule.
	PrepareWasm []byte `json:"prepare_wasm,omitempty"`
	// Builtins are those called, each with its first place.
	Builtins []builtinUse `json:"builtins"`
}

func build(line []byte) (any, error) {
	var params buildParams
	if err := json.Unmarshal(line, &params); err != nil {
		return nil, err
	}
	texts := params.texts()
	data, err := params.loadData()
	if err != nil {
		return nil, err
	}
	keep := withoutTests
	if params.KeepTests {
		keep = everything
	}
	files, err := params.parse(keep)
	if err != nil {
		return nil, err
	}
	compiler, err := compiled(files, texts, func(c *ast.Compiler) *ast.Compiler {
		return c.WithPathConflictsCheck(definedIn(data))
	})
	if err != nil {
		return nil, err
	}
	uses := builtinCalls(compiler, keep)
	if found := params.refuse(uses, texts); len(found) > 0 {
		return nil, found
	}
	result := buildResult{Builtins: firstUses(uses)}
	switch params.Prepare {
	case prepareNothing:
	case prepareEvaluate:
		result.Prepared, err = prepare(compiler, data, texts)
	case prepareCompile:
		result.PrepareWasm, err = params.compilePrepare(compiler, data, texts)
	default:
		err = fmt.Errorf("unknown way to prepare %q", params.Prepare)
	}
	if err != nil {
		return nil, err
	}
	encoded, err := encodeData(data)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	result.DataJSON = string(encoded)
	if result.Wasm, result.Resolvers, err = buildWasm(files, params.Entrypoints, true); err != nil {
		return nil, buildFinding(err, texts)
	}
	again, err := params.parse(keep)
	if err != nil {
		return nil, err
	}
	if result.Plan, err = buildPlan(again, params.Entrypoints, true); err != nil {
		return nil, buildFinding(err, texts)
	}
	return result, nil
}

func buildFinding(err error, texts map[string]string) error {
	found, other := diagnose(err, texts)
	if other != nil {
		return Diagnostics{{Code: "build_failed", Message: other.Error()}}
	}
	return found
}

// buildWasm compiles to a module for WebAssembly. It edits the parsed modules, so nothing may use them afterwards. With
// annotated, METADATA names entry points too.
func buildWasm(files []bundle.ModuleFile, entrypoints []string, annotated bool) ([]byte, []bundle.WasmResolver, error) {
	output, err := buildTarget(compile.TargetWasm, files, entrypoints, annotated)
	if err != nil {
		return nil, nil, err
	}
	if len(output.WasmModules) != 1 {
		return nil, nil, fmt.Errorf("the build made %d WebAssembly modules instead of one", len(output.WasmModules))
	}
	return output.WasmModules[0].Raw, output.Manifest.WasmResolvers, nil
}

// buildPlan compiles to the intermediate representation, as JSON; what is said of buildWasm holds for it.
func buildPlan(files []bundle.ModuleFile, entrypoints []string, annotated bool) ([]byte, error) {
	output, err := buildTarget(compile.TargetPlan, files, entrypoints, annotated)
	if err != nil {
		return nil, err
	}
	if len(output.PlanModules) != 1 {
		return nil, fmt.Errorf("the build made %d plans instead of one", len(output.PlanModules))
	}
	return output.PlanModules[0].Raw, nil
}

// buildTarget gives OPA's own builder the modules as its loader would have: same names, same order, same options.
func buildTarget(target string, files []bundle.ModuleFile, entrypoints []string, annotated bool) (*bundle.Bundle, error) {
	source := &bundle.Bundle{Modules: files, Data: map[string]any{}}
	source.SetRegoVersion(ast.RegoV1)
	source.Manifest.Init()
	builder := compile.New().
		WithBundle(source).
		WithCapabilities(ast.CapabilitiesForThisVersion()).
		WithTarget(target).
		WithEntrypoints(entrypoints...).
		WithRegoAnnotationEntrypoints(annotated).
		WithRegoVersion(ast.RegoV1)
	if err := builder.Build(context.Background()); err != nil {
		return nil, err
	}
	return builder.Bundle(), nil
}

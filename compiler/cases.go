package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
	"github.com/open-policy-agent/opa/v1/util"
)

// caseSource is one entry of a published OPA conformance file (v1/test/cases).
type caseSource struct {
	Note                 string            `json:"note"`
	Query                string            `json:"query"`
	Modules              []string          `json:"modules"`
	Data                 *map[string]any   `json:"data"`
	Input                *any              `json:"input"`
	InputTerm            *string           `json:"input_term"`
	WantDefined          *bool             `json:"want_defined"`
	WantResult           *[]map[string]any `json:"want_result"`
	WantErrorCode        *string           `json:"want_error_code"`
	WantError            *string           `json:"want_error"`
	SortBindings         bool              `json:"sort_bindings"`
	StrictError          bool              `json:"strict_error"`
	ExperimentalKeywords bool              `json:"experimental_keywords"`
	Env                  map[string]string `json:"env"`
}

// caseCompiled is what the conformance runner needs of a case. JSON documents travel as text, so that numbers
// beyond 2^53 stay exact; Excluded says why a case cannot be asked of a compiled policy at all.
type caseCompiled struct {
	Note          string            `json:"note"`
	Excluded      string            `json:"excluded,omitempty"`
	Entrypoint    string            `json:"entrypoint,omitempty"`
	Variable      string            `json:"variable,omitempty"`
	Wasm          []byte            `json:"wasm,omitempty"`
	Plan          []byte            `json:"plan,omitempty"`
	Data          string            `json:"data,omitempty"`
	Input         *string           `json:"input,omitempty"`
	WantDefined   *bool             `json:"want_defined,omitempty"`
	WantResult    *string           `json:"want_result,omitempty"`
	WantErrorCode *string           `json:"want_error_code,omitempty"`
	WantError     *string           `json:"want_error,omitempty"`
	SortBindings  bool              `json:"sort_bindings,omitempty"`
	StrictError   bool              `json:"strict_error,omitempty"`
	Env           map[string]string `json:"env,omitempty"`
}

type casesResult struct {
	Cases []caseCompiled `json:"cases"`
}

// compileCases reads the text of one conformance file and compiles each of its cases to a wasm policy.
func compileCases(line []byte) (any, error) {
	var params struct {
		YAML string `json:"yaml"`
		// Indexes of the cases that are wanted; empty for all.
		Only []int `json:"only"`
	}
	if err := json.Unmarshal(line, &params); err != nil {
		return nil, err
	}
	var set struct {
		Cases []caseSource `json:"cases"`
	}
	if err := util.Unmarshal([]byte(params.YAML), &set); err != nil {
		return nil, err
	}
	result := casesResult{Cases: make([]caseCompiled, 0, len(set.Cases))}
	for i := range set.Cases {
		if len(params.Only) > 0 && !slices.Contains(params.Only, i) {
			continue
		}
		result.Cases = append(result.Cases, compileCase(context.Background(), &set.Cases[i]))
	}
	return result, nil
}

func compileCase(ctx context.Context, source *caseSource) caseCompiled {
	compiled := caseCompiled{
		Note: source.Note, Data: "{}", Env: source.Env,
		WantDefined: source.WantDefined, WantErrorCode: source.WantErrorCode, WantError: source.WantError,
		SortBindings: source.SortBindings, StrictError: source.StrictError,
	}
	if err := fillCase(ctx, source, &compiled); err != nil {
		compiled.Excluded = err.Error()
		compiled.Wasm, compiled.Plan = nil, nil
	}
	return compiled
}

func fillCase(ctx context.Context, source *caseSource, compiled *caseCompiled) error {
	if len(source.Modules) == 0 {
		return errors.New("has no module to compile")
	}
	entrypoint, variable, err := singleRefQuery(source.Query)
	if err != nil {
		return err
	}
	compiled.Entrypoint, compiled.Variable = entrypoint, variable
	if source.Data != nil {
		text, err := json.Marshal(*source.Data)
		if err != nil {
			return fmt.Errorf("data is not JSON: %w", err)
		}
		compiled.Data = string(text)
	}
	if compiled.Input, err = caseInput(source); err != nil {
		return err
	}
	if source.WantResult != nil {
		text, err := json.Marshal(*source.WantResult)
		if err != nil {
			return fmt.Errorf("wanted result is not JSON: %w", err)
		}
		want := string(text)
		compiled.WantResult = &want
	}
	return compileCaseTargets(ctx, source, entrypoint, compiled)
}

// singleRefQuery accepts `data.a.b = x` and gives the entry point `a/b` and the variable `x`.
func singleRefQuery(query string) (entrypoint, variable string, err error) {
	notSingle := fmt.Errorf("query is not of the form `data.path = x`: %s", query)
	body, err := ast.ParseBody(query)
	if err != nil || len(body) != 1 || !body[0].IsEquality() || len(body[0].With) > 0 {
		return "", "", notSingle
	}
	ref, isRef := body[0].Operand(0).Value.(ast.Ref)
	name, isVar := body[0].Operand(1).Value.(ast.Var)
	if !isRef || !isVar || !ref.IsGround() || !ref.HasPrefix(ast.DefaultRootRef) {
		return "", "", notSingle
	}
	pointer, err := ref.Ptr()
	if err != nil || pointer == "" {
		return "", "", notSingle
	}
	return pointer, string(name), nil
}

// caseInput gives the input document as JSON text. An input term may hold what JSON cannot (sets, keys that are
// not strings, references): such a case cannot be asked through a JSON interface.
func caseInput(source *caseSource) (*string, error) {
	var document any
	switch {
	case source.InputTerm != nil:
		term, err := ast.ParseTerm(*source.InputTerm)
		if err != nil {
			return nil, fmt.Errorf("input_term does not parse: %w", err)
		}
		if !isJSON(term.Value) {
			return nil, errors.New("input_term is not a JSON document: " + *source.InputTerm)
		}
		if document, err = ast.JSON(term.Value); err != nil {
			return nil, fmt.Errorf("input_term is not a JSON document: %w", err)
		}
	case source.Input != nil:
		document = *source.Input
	default:
		return nil, nil
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("input is not JSON: %w", err)
	}
	input := string(text)
	return &input, nil
}

func isJSON(value ast.Value) bool {
	switch value := value.(type) {
	case ast.Null, ast.Boolean, ast.Number, ast.String:
		return true
	case *ast.Array:
		return !value.Until(func(element *ast.Term) bool { return !isJSON(element.Value) })
	case ast.Object:
		return !value.Until(func(key, member *ast.Term) bool {
			_, isString := key.Value.(ast.String)
			return !isString || !isJSON(member.Value)
		})
	default:
		return false
	}
}

func compileCaseTargets(ctx context.Context, source *caseSource, entrypoint string, compiled *caseCompiled) error {
	output, err := compileCaseModules(ctx, source, entrypoint, compile.TargetWasm)
	if err != nil {
		return err
	}
	if len(output.WasmModules) != 1 {
		return fmt.Errorf("compiled to %d wasm modules", len(output.WasmModules))
	}
	compiled.Wasm = output.WasmModules[0].Raw
	if output, err = compileCaseModules(ctx, source, entrypoint, compile.TargetPlan); err != nil {
		return err
	}
	if len(output.PlanModules) != 1 {
		return fmt.Errorf("compiled to %d plans", len(output.PlanModules))
	}
	compiled.Plan = output.PlanModules[0].Raw
	return nil
}

func compileCaseModules(ctx context.Context, source *caseSource, entrypoint, target string) (*bundle.Bundle, error) {
	capabilities := ast.CapabilitiesForThisVersion(ast.CapabilitiesExperimentalKeywords(source.ExperimentalKeywords))
	options := ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: capabilities}
	input := bundle.Bundle{Data: map[string]any{}}
	for i, text := range source.Modules {
		path := fmt.Sprintf("/module-%d.rego", i)
		parsed, err := ast.ParseModuleWithOpts(path, text, options)
		if err != nil {
			return nil, fmt.Errorf("does not parse: %w", err)
		}
		input.Modules = append(input.Modules, bundle.ModuleFile{URL: path, Path: path, Raw: []byte(text), Parsed: parsed})
	}
	input.Manifest.Init()
	input.Manifest.SetRegoVersion(ast.RegoV1)
	compiler := compile.New().WithBundle(&input).WithTarget(target).WithEntrypoints(entrypoint).
		WithCapabilities(capabilities).WithRegoVersion(ast.RegoV1)
	if err := compiler.Build(ctx); err != nil {
		return nil, fmt.Errorf("does not compile for %s: %w", target, err)
	}
	return compiler.Bundle(), nil
}

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

// preparedKey is where prepared data stands: WebAssembly has no rule index, so what can be computed from data alone is
// computed once, here, and looked up by key later.
const preparedKey = "prepared"

const preparedEntrypoint = "turnpike/prepare/prepared"

type prepareMode string

const (
	prepareNothing  prepareMode = ""
	prepareEvaluate prepareMode = "evaluate"
	prepareCompile  prepareMode = "compile"
)

var preparedRule = ast.MustParseRef("data.turnpike.prepare.prepared")

// prepare evaluates the rule data.turnpike.prepare.prepared, if there is one, over data alone and puts its value at
// data.prepared. It says whether it did.
func prepare(compiler *ast.Compiler, data map[string]any, texts map[string]string) (bool, error) {
	place, err := preparePlace(compiler, data, texts)
	if place == nil || err != nil {
		return false, err
	}
	var base any = data
	if err := util.RoundTrip(&base); err != nil {
		return false, err
	}
	object, isObject := base.(map[string]any)
	if !isObject {
		return false, errors.New("data is not an object")
	}
	results, err := rego.New(
		rego.Compiler(compiler),
		rego.Store(inmem.NewFromObject(object)),
		rego.Query(preparedRule.String()),
		rego.StrictBuiltinErrors(true),
	).Eval(context.Background())
	if err != nil {
		return false, evaluationFinding(err, texts, place)
	}
	if len(results) == 0 {
		message := fmt.Sprintf("%s is undefined over the data, so nothing was prepared", preparedRule)
		return false, Diagnostics{at(texts, place.File, place.Row, place.Col, "prepare_undefined", message)}
	}
	data[preparedKey] = results[0].Expressions[0].Value
	return true, nil
}

// compilePrepare gives a module that evaluates the rule, or nothing where there is no such rule.
func (params buildParams) compilePrepare(compiler *ast.Compiler, data map[string]any, texts map[string]string) ([]byte, error) {
	place, err := preparePlace(compiler, data, texts)
	if place == nil || err != nil {
		return nil, err
	}
	files, err := params.parse(withoutTests)
	if err != nil {
		return nil, err
	}
	wasm, _, err := buildWasm(files, []string{preparedEntrypoint}, false)
	if err != nil {
		return nil, buildFinding(err, texts)
	}
	return wasm, nil
}

// preparePlace is where the rule stands, or nil; that a data file takes its place is a finding.
func preparePlace(compiler *ast.Compiler, data map[string]any, texts map[string]string) (*ast.Location, error) {
	rules := compiler.GetRulesExact(preparedRule)
	if len(rules) == 0 {
		return nil, nil
	}
	place := rules[0].Location
	if _, taken := data[preparedKey]; taken {
		message := "data.prepared is defined by a data file and by rule data.turnpike.prepare.prepared"
		return nil, Diagnostics{at(texts, place.File, place.Row, place.Col, "data_conflict", message)}
	}
	return place, nil
}

func evaluationFinding(err error, texts map[string]string, fallback *ast.Location) error {
	var halted *topdown.Error
	if errors.As(err, &halted) {
		place := fallback
		if halted.Location != nil && halted.Location.File != "" {
			place = halted.Location
		}
		return Diagnostics{at(texts, place.File, place.Row, place.Col, halted.Code, halted.Message)}
	}
	if found, other := diagnose(err, texts); other == nil {
		return found
	}
	return err
}

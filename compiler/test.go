package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

type testParams struct {
	sources
	// Filter keeps the tests whose full name (data.package.test_name) matches this regular expression.
	Filter   string `json:"filter"`
	Coverage bool   `json:"coverage"`
	// Prepared runs the tests over data with data.prepared, as the bundle has it.
	Prepared bool `json:"prepared"`
	// TimeoutMs bounds one test; default 5,000.
	TimeoutMs int64 `json:"timeout_ms"`
}

type testCase struct {
	Package    string  `json:"package"`
	Name       string  `json:"name"`
	Outcome    string  `json:"outcome"` // pass, fail, error, skip
	File       string  `json:"file"`
	Row        int     `json:"row"`
	DurationMs float64 `json:"duration_ms"`
	// Message is why an erroneous test stopped.
	Message string `json:"message,omitempty"`
	// FailedAt is the last expression of the test that didn't hold.
	FailedAt *Diagnostic `json:"failed_at,omitempty"`
	Printed  string      `json:"printed,omitempty"`
	// Cases are the failed cases of a test that has several.
	Cases []string `json:"cases,omitempty"`
}

type testResult struct {
	Tests    []testCase `json:"tests"`
	Coverage *coverage  `json:"coverage,omitempty"`
}

// suite is what one run of tests needs; every run compiles anew, since the runner adds its stages to the compiler.
type suite struct {
	files []bundle.ModuleFile
	data  map[string]any
	texts map[string]string
	limit time.Duration
}

func test(line []byte) (any, error) {
	var params testParams
	if err := json.Unmarshal(line, &params); err != nil {
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
	run := suite{files: files, data: data, texts: params.texts(), limit: 5 * time.Second}
	if params.TimeoutMs > 0 {
		run.limit = time.Duration(params.TimeoutMs) * time.Millisecond
	}
	if params.Prepared {
		if err := run.addPrepared(); err != nil {
			return nil, err
		}
	}
	var tracer *cover.Cover
	if params.Coverage {
		tracer = cover.New()
	}
	results, err := run.results(params.Filter, func(r *tester.Runner) *tester.Runner {
		if tracer != nil {
			// One pass: OPA would run every test twice more, only to say which gaps are its optimisations' doing.
			return r.SetCoverageQueryTracer(tracer).SetCoverageRuns(nil)
		}
		return r
	})
	if err != nil {
		return nil, err
	}
	report := testResult{Tests: make([]testCase, 0, len(results))}
	for _, result := range results {
		report.Tests = append(report.Tests, run.describe(result))
	}
	slices.SortFunc(report.Tests, func(a, b testCase) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Name, b.Name))
	})
	if err := run.explainFailures(report.Tests); err != nil {
		return nil, err
	}
	if tracer != nil {
		report.Coverage = coverageOf(tracer.Report(byPath(files)))
	}
	return report, nil
}

func (run suite) addPrepared() error {
	policies := slices.DeleteFunc(slices.Clone(run.files), func(file bundle.ModuleFile) bool { return isTest(file.Path) })
	compiler, err := compiled(policies, run.texts, func(c *ast.Compiler) *ast.Compiler { return c })
	if err != nil {
		return err
	}
	_, err = prepare(compiler, run.data, run.texts)
	return err
}

// results runs the tests that match filter, one at a time.
func (run suite) results(filter string, set func(*tester.Runner) *tester.Runner) ([]*tester.Result, error) {
	ctx := context.Background()
	var data any = run.data
	if err := util.RoundTrip(&data); err != nil {
		return nil, err
	}
	object, isObject := data.(map[string]any)
	if !isObject {
		return nil, errors.New("data is not an object")
	}
	store := inmem.NewFromObject(object)
	var found error
	results := []*tester.Result{}
	err := storage.Txn(ctx, store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		compiler := ast.NewCompiler().
			SetErrorLimit(maxFindings).
			WithCapabilities(capabilities()).
			WithEnablePrintStatements(true).
			WithDefaultRegoVersion(ast.RegoV1)
		stream, err := set(tester.NewRunner().
			SetCompiler(compiler).
			SetStore(store).
			SetParallel(1).
			SetTimeout(run.limit).
			CapturePrintOutput(true).
			RaiseBuiltinErrors(false).
			SetModules(byPath(run.files)).
			Filter(filter)).RunTests(ctx, txn)
		if err != nil {
			found = err
			return nil
		}
		for result := range stream {
			results = append(results, result)
		}
		return nil
	})
	if err = cmp.Or(err, found); err == nil {
		return results, nil
	}
	diagnostics, other := diagnose(err, run.texts)
	if other != nil {
		return nil, other
	}
	return nil, diagnostics.sorted()
}

func (run suite) describe(result *tester.Result) testCase {
	described := testCase{
		Package:    result.Package,
		Name:       result.Name,
		Outcome:    "pass",
		DurationMs: float64(result.Duration) / float64(time.Millisecond),
		Printed:    string(result.Output),
	}
	if result.Location != nil {
		described.File, described.Row = result.Location.File, result.Location.Row
	}
	switch {
	case result.Skip:
		described.Outcome = "skip"
	case result.Error != nil:
		described.Outcome = "error"
		described.Message = result.Error.Error()
		var halted *topdown.Error
		if errors.As(result.Error, &halted) {
			described.Message = halted.Message
			if place := halted.Location; place != nil && place.File != "" {
				where := at(run.texts, place.File, place.Row, place.Col, halted.Code, halted.Message)
				described.FailedAt = &where
			}
		}
	case result.Fail:
		described.Outcome = "fail"
		for names, sub := range result.SubResults.Iter {
			if sub.Fail && len(sub.SubResults) == 0 {
				described.Cases = append(described.Cases, strings.Join(names, "/"))
			}
		}
		slices.Sort(described.Cases)
	}
	return described
}

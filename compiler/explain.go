package main

import (
	"regexp"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// explainFailures runs the failed tests again with tracing (which can't be had together with coverage) and notes the
// last expression of each that didn't hold.
func (run suite) explainFailures(tests []testCase) error {
	var names []string
	for _, each := range tests {
		if each.Outcome == "fail" {
			names = append(names, regexp.QuoteMeta(each.Package+"."+each.Name))
		}
	}
	if len(names) == 0 {
		return nil
	}
	traced, err := run.results("^(?:"+strings.Join(names, "|")+")$", func(r *tester.Runner) *tester.Runner {
		return r.EnableTracing(true)
	})
	if err != nil {
		return err
	}
	places := map[string]*Diagnostic{}
	for _, result := range traced {
		if place := run.failedAt(result); place != nil {
			places[result.Package+"."+result.Name] = place
		}
	}
	for index := range tests {
		if tests[index].Outcome == "fail" {
			tests[index].FailedAt = places[tests[index].Package+"."+tests[index].Name]
		}
	}
	return nil
}

// failedAt finds the last failing expression in the body of the test itself: what it called may fail and backtrack
// without harm.
func (run suite) failedAt(result *tester.Result) *Diagnostic {
	if result.Location == nil {
		return nil
	}
	body := map[uint64]bool{}
	var last *ast.Expr
	for _, event := range result.Trace {
		if event.Op == topdown.EnterOp {
			if rule, isRule := event.Node.(*ast.Rule); isRule && sameRule(rule, result) {
				body[event.QueryID] = true
			}
		}
		if expr, isExpr := event.Node.(*ast.Expr); isExpr && event.Op == topdown.FailOp && body[event.QueryID] {
			last = expr
		}
	}
	if last == nil || last.Location == nil {
		return nil
	}
	place := at(run.texts, last.Location.File, last.Location.Row, last.Location.Col, "test_failed", "this does not hold")
	return &place
}

func sameRule(rule *ast.Rule, result *tester.Result) bool {
	return rule.Location != nil && rule.Location.File == result.Location.File && rule.Location.Row == result.Location.Row
}

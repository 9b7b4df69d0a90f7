package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// builtinUse is a builtin that policies call, with the first place that does.
type builtinUse struct {
	Name   string `json:"name"`
	Native bool   `json:"native"`
	File   string `json:"file"`
	Row    int    `json:"row"`
	Col    int    `json:"col"`
}

// builtinCalls finds every call of a builtin in compiled modules, where names are resolved and calls are no longer
// nested. Tests don't count: they run here and never in the evaluator.
func builtinCalls(compiler *ast.Compiler) []builtinUse {
	known := map[string]bool{}
	for _, builtin := range ast.Builtins {
		known[builtin.Name] = true
	}
	native := map[string]bool{}
	for _, builtin := range slices.Concat(natives, removedByCompiler) {
		native[builtin.Name] = true
	}
	var uses []builtinUse
	for path, module := range compiler.Modules {
		if isTest(path) {
			continue
		}
		ast.WalkExprs(module, func(expr *ast.Expr) bool {
			if !expr.IsCall() {
				return false
			}
			name := expr.Operator().String()
			if known[name] {
				location := placeOf(expr, path)
				uses = append(uses, builtinUse{name, native[name], location.File, location.Row, location.Col})
			}
			return false
		})
	}
	slices.SortFunc(uses, func(a, b builtinUse) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Col, b.Col))
	})
	return uses
}

func placeOf(expr *ast.Expr, path string) *ast.Location {
	if location := expr.Location; location != nil && location.File != "" {
		return location
	}
	return &ast.Location{File: path}
}

// refuseUnknown makes a finding of every call that neither OPA's WebAssembly nor the host (by its list) can answer.
func refuseUnknown(uses []builtinUse, host []string, texts map[string]string) Diagnostics {
	var found Diagnostics
	for _, use := range uses {
		if use.Native || slices.Contains(host, use.Name) {
			continue
		}
		message := fmt.Sprintf("builtin %s is not available: the evaluator doesn't have it", use.Name)
		found = append(found, at(texts, use.File, use.Row, use.Col, "builtin_missing", message))
	}
	return found.sorted()
}

func firstUses(uses []builtinUse) []builtinUse {
	return slices.CompactFunc(slices.Clone(uses), func(a, b builtinUse) bool { return a.Name == b.Name })
}

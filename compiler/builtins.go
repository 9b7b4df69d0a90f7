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
// nested, in the files that keep(path) wants. Tests don't count where they run here and never in the evaluator.
func builtinCalls(compiler *ast.Compiler, keep func(path string) bool) []builtinUse {
	known := map[string]bool{}
	for _, builtin := range ast.Builtins {
		known[builtin.Name] = true
	}
	native := map[string]bool{}
	for _, builtin := range slices.Concat(natives, removedByCompiler) {
		native[builtin.Name] = true
	}
	uses := []builtinUse{}
	for path, module := range compiler.Modules {
		if !keep(path) {
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

// builtinParams say which builtins may be called.
type builtinParams struct {
	// Builtins are the names that the host answers; nil leaves builtins unchecked.
	Builtins []string `json:"builtins"`
	// Refused says of some others why they are missing.
	Refused map[string]string `json:"refused_builtins"`
}

// refuse makes a finding of every call that neither OPA's WebAssembly nor the host can answer.
func (params builtinParams) refuse(uses []builtinUse, texts map[string]string) Diagnostics {
	if params.Builtins == nil {
		return nil
	}
	var found Diagnostics
	for _, use := range uses {
		if use.Native || slices.Contains(params.Builtins, use.Name) {
			continue
		}
		why := cmp.Or(params.Refused[use.Name], "the evaluator doesn't have it")
		message := fmt.Sprintf("builtin %s is not available: %s", use.Name, why)
		found = append(found, at(texts, use.File, use.Row, use.Col, "builtin_missing", message))
	}
	return found.sorted()
}

func firstUses(uses []builtinUse) []builtinUse {
	return slices.CompactFunc(slices.Clone(uses), func(a, b builtinUse) bool { return a.Name == b.Name })
}

package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

type inspectedRule struct {
	Path       string         `json:"path"`
	File       string         `json:"file"`
	Row        int            `json:"row"`
	Title      string         `json:"title,omitempty"`
	Entrypoint bool           `json:"entrypoint,omitempty"`
	Custom     map[string]any `json:"custom,omitempty"`
}

type inspectedPackage struct {
	Path  string          `json:"path"`
	Files []string        `json:"files"`
	Rules []inspectedRule `json:"rules"`
}

type inspectResult struct {
	Packages    []inspectedPackage `json:"packages"`
	Entrypoints []string           `json:"entrypoints"`
	Builtins    []builtinUse       `json:"builtins"`
	DataKeys    []string           `json:"data_keys"`
}

// inspect tells what sources hold, without tests.
func inspect(line []byte) (any, error) {
	var params sources
	if err := json.Unmarshal(line, &params); err != nil {
		return nil, err
	}
	texts := params.texts()
	data, err := params.loadData()
	if err != nil {
		return nil, err
	}
	files, err := params.parse(withoutTests)
	if err != nil {
		return nil, err
	}
	compiler, err := compiled(files, texts, func(c *ast.Compiler) *ast.Compiler { return c })
	if err != nil {
		return nil, err
	}
	result := inspectResult{
		Packages:    []inspectedPackage{},
		Entrypoints: []string{},
		Builtins:    firstUses(builtinCalls(compiler, withoutTests)),
		DataKeys:    slices.Sorted(maps.Keys(data)),
	}
	packages := map[string]*inspectedPackage{}
	annotations := compiler.GetAnnotationSet()
	for _, file := range files {
		name := file.Parsed.Package.Path.String()
		here, known := packages[name]
		if !known {
			here = &inspectedPackage{Path: name, Rules: []inspectedRule{}}
			packages[name] = here
		}
		here.Files = append(here.Files, file.Path)
		for _, rule := range compiler.Modules[file.Path].Rules {
			here.Rules = append(here.Rules, inspectRule(rule, annotations))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		result.Packages = append(result.Packages, *packages[name])
		for _, rule := range packages[name].Rules {
			entrypoint := strings.ReplaceAll(strings.TrimPrefix(rule.Path, "data."), ".", "/")
			if rule.Entrypoint && !slices.Contains(result.Entrypoints, entrypoint) {
				result.Entrypoints = append(result.Entrypoints, entrypoint)
			}
		}
	}
	return result, nil
}

// inspectRule merges the rule's own annotations with those of its document; the rule's own win.
func inspectRule(rule *ast.Rule, annotations *ast.AnnotationSet) inspectedRule {
	seen := inspectedRule{Path: rule.Ref().GroundPrefix().String()}
	if rule.Location != nil {
		seen.File, seen.Row = rule.Location.File, rule.Location.Row
	}
	for _, each := range annotations.Chain(rule) {
		if each.Annotations == nil || (each.Annotations.Scope != "rule" && each.Annotations.Scope != "document") {
			continue
		}
		if seen.Title == "" {
			seen.Title = each.Annotations.Title
		}
		if seen.Custom == nil {
			seen.Custom = each.Annotations.Custom
		}
		seen.Entrypoint = seen.Entrypoint || each.Annotations.Entrypoint
	}
	return seen
}

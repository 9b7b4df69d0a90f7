package main

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

type formatResult struct {
	// Changed holds the formatted text of each file that differs from it.
	Changed map[string]string `json:"changed"`
}

// formatSources formats as `opa fmt` does.
func formatSources(line []byte) (any, error) {
	var params sources
	if err := json.Unmarshal(line, &params); err != nil {
		return nil, err
	}
	if _, err := params.parse(everything); err != nil {
		return nil, err
	}
	result := formatResult{Changed: map[string]string{}}
	for path, text := range params.Modules {
		formatted, err := format.SourceWithOpts(path, []byte(text), format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			found, other := diagnose(err, params.Modules)
			if other != nil {
				return nil, other
			}
			return nil, found
		}
		if string(formatted) != text {
			result.Changed[path] = string(formatted)
		}
	}
	return result, nil
}

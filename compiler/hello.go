package main

import "github.com/open-policy-agent/opa/v1/version"

type helloResult struct {
	OPAVersion string   `json:"opa_version"`
	Natives    []string `json:"natives"`
}

// hello says which OPA this is and which builtins its WebAssembly answers by itself.
func hello([]byte) (any, error) {
	return helloResult{OPAVersion: version.Version, Natives: nativeNames()}, nil
}

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/loader"
	"github.com/open-policy-agent/opa/v1/util"
)

const dataRoot = "data/"

// dataOwner remembers which file defined each leaf, to name both files of a conflict.
type dataOwner map[string]string

// loadData reads every data file with OPA's own loader and merges them as OPA does for `opa build policies/data`: a file
// in the folder itself at the root, a file in a sub-folder under the sub-folder's name.
func (s sources) loadData() (map[string]any, error) {
	merged := map[string]any{}
	owners := dataOwner{}
	var found Diagnostics
	for _, path := range slices.Sorted(maps.Keys(s.Data)) {
		document, problem := s.loadOne(path)
		if problem != nil {
			found = append(found, *problem)
			continue
		}
		for _, folder := range slices.Backward(foldersOf(path)) {
			document = map[string]any{folder: document}
		}
		for _, clash := range owners.merge(merged, document, path, "") {
			message := fmt.Sprintf("data%s is defined by both %s and %s", clash, owners.of(clash), path)
			found = append(found, at(s.Data, path, rowOfKey(s.Data[path], clash), 1, "data_conflict", message))
		}
	}
	if len(found) > 0 {
		return nil, found.sorted()
	}
	return merged, nil
}

func (s sources) loadOne(path string) (map[string]any, *Diagnostic) {
	text := s.Data[path]
	name := path[strings.LastIndexByte(path, '/')+1:]
	files := fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
	loaded, err := loader.NewFileLoader().WithFS(files).Filtered([]string{name}, nil)
	if err == nil {
		return loaded.Documents, nil
	}
	row, col := rowOfYAML(err.Error()), 0
	if strings.HasSuffix(path, ".json") {
		var any any
		row, col = placeOfJSON(json.Unmarshal([]byte(text), &any), text)
	}
	problem := at(s.Data, path, row, col, "data_invalid", plainLoadError(err.Error(), name))
	return nil, &problem
}

// plainLoadError drops what the loader puts round its reason: a count of errors, the file and the name of the library.
func plainLoadError(message, name string) string {
	_, reason, _ := strings.Cut(message, name+": ")
	if reason == "" {
		reason = message
	}
	for _, prefix := range []string{"error converting YAML to JSON: ", "yaml: "} {
		reason = strings.TrimPrefix(reason, prefix)
	}
	return reason
}

func foldersOf(path string) []string {
	inside := strings.TrimPrefix(path, dataRoot)
	parts := strings.Split(inside, "/")
	return parts[:len(parts)-1]
}

// merge adds from to into and gives the paths (such as `.teams.search`) that both define.
func (owners dataOwner) merge(into, from map[string]any, file, path string) []string {
	var clashes []string
	for _, key := range slices.Sorted(maps.Keys(from)) {
		here := path + "." + key
		present, exists := into[key]
		if !exists {
			into[key] = from[key]
			owners[here] = file
			continue
		}
		left, leftIsObject := present.(map[string]any)
		right, rightIsObject := from[key].(map[string]any)
		if !leftIsObject || !rightIsObject {
			clashes = append(clashes, here)
			continue
		}
		clashes = append(clashes, owners.merge(left, right, file, here)...)
	}
	return clashes
}

// of gives the file that defined a path: the owner of the path itself or of the nearest object above it.
func (owners dataOwner) of(path string) string {
	for path != "" {
		if file, known := owners[path]; known {
			return file
		}
		path = path[:strings.LastIndexByte(path, '.')]
	}
	return "another file"
}

// rowOfKey finds the row where the last key of a path seems to stand: a hint for the reader, nothing depends on it.
func rowOfKey(text, path string) int {
	key := path[strings.LastIndexByte(path, '.')+1:]
	defines := regexp.MustCompile(`(?:^|[\s{,"'])` + regexp.QuoteMeta(key) + `["']?\s*:`)
	for index, line := range strings.Split(text, "\n") {
		if defines.MatchString(line) {
			return index + 1
		}
	}
	return 0
}

// encodeData writes data as OPA's own bundle writer does: keys in order, numbers as they were written.
func encodeData(data map[string]any) (json.RawMessage, error) {
	var text any = data
	if err := util.RoundTrip(&text); err != nil {
		return nil, err
	}
	return json.Marshal(text)
}

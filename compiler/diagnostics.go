package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Diagnostic is one finding about one source file. Row and Col count from 1; 0 where the place is not known.
type Diagnostic struct {
	File    string `json:"file"`
	Row     int    `json:"row"`
	Col     int    `json:"col"`
	Code    string `json:"code"`
	Message string `json:"message"`
	// Line is the text of the source at Row, so that a reader needs no file.
	Line string `json:"line"`
}

// Diagnostics are findings, ordered by place; as an error they end an operation.
type Diagnostics []Diagnostic

func (found Diagnostics) Error() string {
	return fmt.Sprintf("%d finding(s)", len(found))
}

func (found Diagnostics) sorted() Diagnostics {
	slices.SortFunc(found, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(found)
}

// diagnose turns OPA's errors into findings. Errors that aren't about a source stay errors.
func diagnose(err error, texts map[string]string) (Diagnostics, error) {
	var many ast.Errors
	var one *ast.Error
	switch {
	case errors.As(err, &many):
		found := make(Diagnostics, 0, len(many))
		for _, each := range many {
			found = append(found, fromAST(each, texts))
		}
		return found, nil
	case errors.As(err, &one):
		return Diagnostics{fromAST(one, texts)}, nil
	}
	return nil, err
}

func fromAST(err *ast.Error, texts map[string]string) Diagnostic {
	message := err.Message
	if err.Details != nil && err.Code != ast.ParseErr {
		// The details of a parse error repeat the line and draw a caret, which is the caller's to draw.
		if lines := err.Details.Lines(); len(lines) > 0 {
			message += ": " + strings.Join(trimmed(lines), "; ")
		}
	}
	if err.Location == nil {
		return Diagnostic{Code: err.Code, Message: message}
	}
	return at(texts, err.Location.File, err.Location.Row, err.Location.Col, err.Code, message)
}

func trimmed(lines []string) []string {
	kept := make([]string, 0, len(lines))
	for _, line := range lines {
		if text := strings.TrimSpace(line); text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}

func at(texts map[string]string, file string, row, col int, code, message string) Diagnostic {
	return Diagnostic{File: file, Row: row, Col: col, Code: code, Message: message, Line: lineOf(texts[file], row)}
}

func lineOf(text string, row int) string {
	for count := 1; row > 0 && text != ""; count++ {
		line, rest, more := strings.Cut(text, "\n")
		if count == row {
			return strings.TrimSuffix(line, "\r")
		}
		if !more {
			break
		}
		text = rest
	}
	return ""
}

var yamlRow = regexp.MustCompile(`line (\d+)`)

// rowOfYAML finds the row in the text of a YAML error; the YAML library tells it nowhere else.
func rowOfYAML(message string) int {
	if match := yamlRow.FindStringSubmatch(message); match != nil {
		if row, err := strconv.Atoi(match[1]); err == nil {
			return row
		}
	}
	return 0
}

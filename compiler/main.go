// Package main serves OPA's own compiler, tester and formatter to a parent process: one JSON line in, one JSON line
// out. It owns the meaning of Rego for this project and nothing else: sources come in requests as text, so it reads no
// files, opens no sockets and runs unchanged as a native program and as a WASI module.
// It imports OPA's public packages only. A request that cannot be served gets an answer saying why, never a crash.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// maxRequestBytes bounds one request line; larger ones end the session, since the stream can't be trusted after it.
const maxRequestBytes = 256 << 20

// request is the envelope of every operation; params are the same JSON object, read again by the operation.
type request struct {
	ID int64  `json:"id"`
	Op string `json:"op"`
}

// response carries a result, or the diagnostics that stand in its way, or an error of the operation itself.
type response struct {
	ID          int64        `json:"id"`
	OK          bool         `json:"ok"`
	Result      any          `json:"result,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
	Error       string       `json:"error,omitempty"`
}

// operation answers one request. Findings about the sources come back as Diagnostics (an error), anything else is an
// error of the operation.
type operation func(line []byte) (any, error)

// operations is the registry: add an operation by adding its line here.
var operations = map[string]operation{
	"hello":   hello,
	"check":   check,
	"fmt":     formatSources,
	"test":    test,
	"build":   build,
	"inspect": inspect,
	"cases":   compileCases,
}

func main() {
	// The heap of one request is garbage by the next: collect late, bounded by the limit below.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(1 << 30)
	blockOnStdio()
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), maxRequestBytes)
	writer := bufio.NewWriterSize(out, 1<<16)
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := encoder.Encode(answer(lines.Bytes())); err != nil {
			return err
		}
		if err := writer.Flush(); err != nil {
			return err
		}
	}
	return lines.Err()
}

// answer never panics: a fault in a policy must not take the process down with it.
func answer(line []byte) (reply response) {
	var head request
	defer func() {
		if reason := recover(); reason != nil {
			reply = response{ID: head.ID, Error: fmt.Sprintf("compiler fault in %q: %v", head.Op, reason)}
		}
	}()
	if err := json.Unmarshal(line, &head); err != nil {
		return response{Error: fmt.Sprintf("request is not a JSON object: %v", err)}
	}
	run, known := operations[head.Op]
	if !known {
		return response{ID: head.ID, Error: fmt.Sprintf("unknown operation %q", head.Op)}
	}
	result, err := run(line)
	var found Diagnostics
	switch {
	case errors.As(err, &found):
		return response{ID: head.ID, Diagnostics: found}
	case err != nil:
		return response{ID: head.ID, Error: err.Error()}
	}
	return response{ID: head.ID, OK: true, Result: result}
}

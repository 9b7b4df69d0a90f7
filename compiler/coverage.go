package main

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/cover"
)

type uncovered struct {
	FromRow int `json:"from_row"`
	ToRow   int `json:"to_row"`
}

type fileCoverage struct {
	File      string      `json:"file"`
	Covered   int         `json:"covered_lines"`
	Missing   int         `json:"missing_lines"`
	Percent   float64     `json:"percent"`
	Uncovered []uncovered `json:"uncovered"`
}

type coverage struct {
	Files   []fileCoverage `json:"files"`
	Percent float64        `json:"percent"`
}

// coverageOf counts policies only: lines of tests would flatter the total.
func coverageOf(report cover.Report) *coverage {
	total := &coverage{Files: []fileCoverage{}, Percent: 100}
	covered, missing := 0, 0
	for _, path := range slices.Sorted(maps.Keys(report.Files)) {
		if isTest(path) {
			continue
		}
		file := report.Files[path]
		entry := fileCoverage{
			File: path, Covered: file.CoveredLines, Missing: file.NotCoveredLines,
			Percent: percent(file.CoveredLines, file.NotCoveredLines), Uncovered: []uncovered{},
		}
		for _, gap := range file.NotCovered {
			entry.Uncovered = append(entry.Uncovered, uncovered{gap.Start.Row, gap.End.Row})
		}
		entry.Uncovered = slices.Compact(entry.Uncovered)
		covered += entry.Covered
		missing += entry.Missing
		total.Files = append(total.Files, entry)
	}
	total.Percent = percent(covered, missing)
	return total
}

func percent(covered, missing int) float64 {
	if covered+missing == 0 {
		return 100
	}
	return 100 * float64(covered) / float64(covered+missing)
}

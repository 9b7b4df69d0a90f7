package main

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// natives are the builtins that OPA's WebAssembly answers by itself (OPA keeps its own table internal). A test compiles
// a call of every builtin and compares what the module asks of its host with this list.
var natives = []*ast.Builtin{
	ast.Equality, ast.Assign,
	ast.Plus, ast.Minus, ast.Multiply, ast.Divide, ast.Abs, ast.Round, ast.Ceil, ast.Floor, ast.Rem,
	ast.ArrayConcat, ast.ArrayFlatten, ast.ArrayReverse, ast.ArraySlice,
	ast.SetDiff, ast.And, ast.Or, ast.Intersection, ast.Union,
	ast.IsNumber, ast.IsString, ast.IsBoolean, ast.IsArray, ast.IsSet, ast.IsObject, ast.IsNull, ast.TypeNameBuiltin,
	ast.BitsOr, ast.BitsAnd, ast.BitsNegate, ast.BitsXOr, ast.BitsShiftLeft, ast.BitsShiftRight,
	ast.Count, ast.Sum, ast.Product, ast.Max, ast.Min, ast.Sort, ast.All, ast.Any,
	ast.Base64IsValid, ast.Base64Decode, ast.Base64Encode, ast.Base64UrlEncode, ast.Base64UrlDecode,
	ast.NetCIDRContains, ast.NetCIDROverlap, ast.NetCIDRIntersects,
	ast.Equal, ast.GreaterThan, ast.GreaterThanEq, ast.LessThan, ast.LessThanEq, ast.NotEqual,
	ast.GlobMatch,
	ast.JSONMarshal, ast.JSONUnmarshal, ast.JSONIsValid, ast.JSONRemove, ast.JSONFilter,
	ast.ObjectFilter, ast.ObjectGet, ast.ObjectKeys, ast.ObjectRemove, ast.ObjectUnion, ast.ObjectUnionN,
	ast.Concat, ast.FormatInt, ast.IndexOf, ast.Substring, ast.Lower, ast.Upper, ast.Contains, ast.StartsWith,
	ast.EndsWith, ast.StringReverse, ast.Split, ast.Replace, ast.ReplaceN, ast.Trim, ast.TrimLeft, ast.TrimPrefix,
	ast.TrimRight, ast.TrimSuffix, ast.TrimSpace, ast.InternalTemplateString,
	ast.NumbersRange, ast.ToNumber, ast.WalkBuiltin, ast.ReachableBuiltin,
	ast.RegexIsValid, ast.RegexMatch, ast.RegexMatchDeprecated, ast.RegexFindAllStringSubmatch,
	ast.Member, ast.MemberWithKey,
}

// removedByCompiler are rewritten or erased before the planner sees them, so no evaluator needs them.
var removedByCompiler = []*ast.Builtin{ast.Print, ast.InternalPrint, ast.InternalTestCase, ast.RegoMetadataChain, ast.RegoMetadataRule}

func nativeNames() []string {
	names := make([]string, 0, len(natives))
	for _, builtin := range natives {
		names = append(names, builtin.Name)
	}
	slices.Sort(names)
	return names
}

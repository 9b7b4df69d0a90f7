/** What every evaluator owes its callers, as data. Each case is a package of its own; its entry point is `result`. */
import type { FailureCode } from '../../src/core/failure.ts';

export type Wanted =
  | { readonly kind: 'document'; readonly document: unknown }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'failure'; readonly code: FailureCode; readonly says: RegExp };

export interface EvaluatorCase {
  readonly name: string;
  /** Body of the module, after `package`. */
  readonly rego: string;
  /** Name of the module's file; default `case.rego`. */
  readonly file?: string;
  /** Absent: no input document. */
  readonly input?: unknown;
  readonly want: Wanted;
  /** Why the official SDK does not do this; the suite holds it to failing. */
  readonly sdkFails?: string;
}

const document = (value: unknown): Wanted => ({ kind: 'document', document: value });
const failure = (code: FailureCode, says: RegExp): Wanted => ({ kind: 'failure', code, says });

const FALSY = 'takes false, 0, "" and null for no input';
const OWN_SPRINTF = 'has a sprintf of its own, which nobody can replace';
const HASH_ORDER = 'gives sets in the order of their hashes';
const NO_BOUND = 'has no bound on its input';

const INPUT_OR_NONE = `
result := {"input": x} if { x := input }
else := "no input"
`;

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

export const EVALUATOR_CASES: readonly EvaluatorCase[] = [
  {
    name: 'gives the document of the entry point',
    rego: 'result := {"sum": input.a + input.b, "list": [1, "two", null, true, 0.5, -7], "nested": {"of": {"none": {}}}}',
    input: { a: 1, b: 2 },
    want: document({ sum: 3, list: [1, 'two', null, true, 0.5, -7], nested: { of: { none: {} } } }),
  },
  {
    name: 'gives undefined where the rule is undefined',
    rego: 'result if input.a == 2',
    input: { a: 1 },
    want: { kind: 'undefined' },
  },
  { name: 'gives false as a document', rego: 'default result := false', input: {}, want: document(false) },
  { name: 'gives null as a document', rego: 'result := null', input: {}, want: document(null) },
  { name: 'has no input document when there is none', rego: INPUT_OR_NONE, want: document('no input') },
  { name: 'takes an object as input', rego: INPUT_OR_NONE, input: { a: [1] }, want: document({ input: { a: [1] } }) },
  { name: 'takes 1 as input', rego: INPUT_OR_NONE, input: 1, want: document({ input: 1 }) },
  {
    name: 'takes false as input',
    rego: INPUT_OR_NONE,
    input: false,
    want: document({ input: false }),
    sdkFails: FALSY,
  },
  { name: 'takes 0 as input', rego: INPUT_OR_NONE, input: 0, want: document({ input: 0 }), sdkFails: FALSY },
  { name: 'takes "" as input', rego: INPUT_OR_NONE, input: '', want: document({ input: '' }), sdkFails: FALSY },
  { name: 'takes null as input', rego: INPUT_OR_NONE, input: null, want: document({ input: null }), sdkFails: FALSY },
  {
    name: 'carries text of any script both ways',
    rego: 'result := {"echo": input, "count": count(input.text), "upper": upper(input.text), "own": "größer als 漢字 🚦"}',
    input: { text: 'ä漢🚦', ключ: '\u0000\u001f\u007f\u2028' },
    want: document({
      echo: { text: 'ä漢🚦', ключ: '\u0000\u001f\u007f\u2028' },
      count: 3,
      upper: 'Ä漢🚦',
      own: 'größer als 漢字 🚦',
    }),
  },
  {
    name: 'carries quotes, backslashes and line ends',
    rego: 'result := [input, "\\"\\\\\\n\\t/"]',
    input: 'a"b\\c\nd\\ud83d',
    want: document(['a"b\\c\nd\\ud83d', '"\\\n\t/']),
  },
  {
    name: 'reads data beside input',
    rego: 'result := data.shared.names[input.id]',
    input: { id: 'b' },
    want: document({ name: 'Бета' }),
  },
  {
    name: 'gives sets in the order of Rego',
    rego: 'result := {"z", "y", "x", "w", 3, 20, 1, null, true, [2], [1, 9], {"a": 1}, {"s"}}',
    input: {},
    want: document([null, true, 1, 3, 20, 'w', 'x', 'y', 'z', [1, 9], [2], { a: 1 }, ['s']]),
    sdkFails: HASH_ORDER,
  },
  { name: 'gives the empty set as an empty list', rego: 'result := set()', input: {}, want: document([]) },
  {
    name: 'writes keys that are not text as JSON',
    rego: 'result := {1: "one", [2, "x"]: "two", true: "three", "four": 4}',
    input: {},
    want: document({ '1': 'one', '[2,"x"]': 'two', true: 'three', four: 4 }),
  },
  {
    name: 'keeps a key called __proto__ as a key',
    rego: 'result := {"echo": input, "own": {"__proto__": 1, "constructor": 2}}',
    input: JSON.parse('{"__proto__": {"polluted": true}}'),
    want: document(
      JSON.parse('{"echo": {"__proto__": {"polluted": true}}, "own": {"__proto__": 1, "constructor": 2}}'),
    ),
  },
  {
    name: 'calculates with integers beyond 64 bits',
    rego: 'result := [input.big * 1000000000000 == 9007199254740991000000000000, input.big + 2 == input.big + 1]',
    input: { big: 9_007_199_254_740_991 },
    want: document([true, false]),
  },
  {
    name: 'carries the smallest and the largest numbers of an input',
    rego: 'result := [input, [y | some x in input; y := x + 0]]',
    input: [0, 5e-324, 1.5e-7, 0.1, 123_456_789.125, 9_007_199_254_740_991, -9_007_199_254_740_991, 1e21],
    want: document([
      [0, 5e-324, 1.5e-7, 0.1, 123_456_789.125, 9_007_199_254_740_991, -9_007_199_254_740_991, 1e21],
      [0, 5e-324, 1.5e-7, 0.1, 123_456_789.125, 9_007_199_254_740_991, -9_007_199_254_740_991, 1e21],
    ]),
  },
  {
    name: 'finds members of a large object by key',
    rego: 'result := [input.table[k] | some k in ["key-0", "key-77", "key-499", "none"]]',
    input: { table: Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key-${index}`, index])) },
    want: document([0, 77, 499]),
  },
  {
    name: 'reads a document of many levels',
    rego: 'result := count([1 | walk(input, _)])',
    input: deep(60),
    want: document(60),
  },
  {
    name: 'says where two values of a rule conflict',
    rego: 'result := input.a\n\nresult := input.b',
    file: 'conflict.rego',
    input: { a: 1, b: 2 },
    want: failure('evaluation_failed', /conflict\.rego:\d+:1: .*conflict/),
  },
  {
    name: 'says where two keys of an object conflict',
    rego: 'result := {k: v | some v in input; k := "same"}',
    input: [1, 2],
    want: failure('evaluation_failed', /case\.rego:3:\d+: object insert conflict/),
  },
  {
    name: 'says in any script where a conflict is',
    rego: 'result := input.a\n\nresult := input.b',
    file: 'größe-漢字.rego',
    input: { a: 1, b: 2 },
    want: failure('evaluation_failed', /größe-漢字\.rego/),
    sdkFails: 'decodes abort messages byte by byte',
  },
  {
    name: 'lends a builtin that the policy lacks',
    rego: 'result := [semver.compare(input.a, input.b), object.subset({"x": 1, "y": 2}, {"y": 2})]',
    input: { a: '1.10.0', b: '1.9.0' },
    want: document([1, true]),
  },
  {
    name: 'takes the failure of a builtin for undefined',
    rego: 'result := "undefined" if not semver.compare(input, "1.0.0")',
    input: 'no version',
    want: document('undefined'),
  },
  {
    name: 'tells a builtin sets from lists',
    rego: 'result := sprintf("%v %v", [{2, 1}, [2, 1]])',
    input: {},
    want: document('{1, 2} [2, 1]'),
    sdkFails: OWN_SPRINTF,
  },
  {
    name: 'tells a builtin every digit of an integer',
    rego: 'result := sprintf("%d", [12345678901234567890123])',
    input: {},
    want: document('12345678901234567890123'),
    sdkFails: OWN_SPRINTF,
  },
  {
    name: 'prints null and objects',
    rego: 'result := sprintf("%v %v", [null, {"a": [1]}])',
    input: {},
    want: document('null {"a": [1]}'),
    sdkFails: OWN_SPRINTF,
  },
  {
    name: 'takes the time of the input for the time of the evaluation',
    rego: 'result := [time.now_ns(), time.now_ns() == time.now_ns()]',
    input: { now: { unix_ms: 5 } },
    want: document([5_000_000, true]),
  },
  {
    name: 'gives a union of sets that came through a builtin as sets',
    rego: 'result := count(numbers.range_step(1, 9, 2)) + count({x | some x in numbers.range_step(1, 9, 2)})',
    input: {},
    want: document(10),
  },
  {
    name: 'stops a range without end',
    rego: 'result := count(numbers.range(1, input.n))',
    input: { n: 1_000_000_000 },
    want: failure('evaluation_limit', /stopped/),
  },
  {
    name: 'stops nested loops without end',
    rego: `
list := [x | some x in numbers.range(1, 2000)]
result := "found" if {
	some a in list
	some b in list
	some c in list
	a == b
	b == c
	c == 0
}`,
    input: {},
    want: failure('evaluation_limit', /stopped/),
  },
  {
    name: 'stops a walk of walks',
    rego: `
result := "found" if {
	walk(input, [_, a])
	walk(input, [_, b])
	walk(input, [_, c])
	a == b
	c == "no such text"
}`,
    input: Array.from({ length: 40 }, (_, row) => Array.from({ length: 40 }, (_unused, column) => [row, column])),
    want: failure('evaluation_limit', /stopped/),
  },
  {
    name: 'stops functions that double at every level',
    rego: [
      'f0(x) := x + 1',
      ...Array.from({ length: 40 }, (_, level) => `f${level + 1}(x) := f${level}(x) + f${level}(x + 1)`),
      'result := f40(input)',
    ].join('\n'),
    input: 1,
    want: failure('evaluation_limit', /stopped/),
  },
  {
    name: 'stops values that double at every level',
    rego: [
      'v0 := [1, 1]',
      ...Array.from({ length: 40 }, (_, level) => `v${level + 1} := [v${level}, v${level}]`),
      'result := v40',
    ].join('\n'),
    input: {},
    want: failure('evaluation_limit', /./),
  },
  {
    name: 'refuses a value that has no JSON',
    rego: INPUT_OR_NONE,
    input: { big: 1n },
    want: failure('invalid_request', /BigInt/),
    sdkFails: 'lets the fault in the input pass for one of the policy',
  },
  {
    name: 'refuses half of a surrogate pair',
    rego: INPUT_OR_NONE,
    input: { text: 'x\ud83d' },
    want: failure('invalid_request', /not Unicode/),
    sdkFails: 'lets the policy abort over it',
  },
  {
    name: 'refuses an input past its bound',
    rego: INPUT_OR_NONE,
    input: 'x'.repeat(1_048_576),
    want: failure('too_large', /1048578 bytes of JSON, at most 1048576/),
    sdkFails: NO_BOUND,
  },
  {
    name: 'counts the bound in bytes',
    rego: INPUT_OR_NONE,
    input: '漢'.repeat(400_000),
    want: failure('too_large', /1200002 bytes/),
    sdkFails: NO_BOUND,
  },
  {
    name: 'takes an input at its bound',
    rego: 'result := count(input)',
    input: '漢'.repeat(300_000),
    want: document(300_000),
  },
];

/** Data of all cases. */
export const EVALUATOR_DATA = { shared: { names: { a: { name: 'Alpha' }, b: { name: 'Бета' } } } };

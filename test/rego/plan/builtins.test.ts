/** Plans answer every builtin of compiled policy as compiled policy does, whatever the operands. */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { Evaluator } from '../../../src/engine/evaluator.ts';
import { createWasmEvaluator } from '../../../src/rego/evaluator.ts';
import { createPlanEvaluator } from '../../../src/rego/plan/evaluator.ts';
import { compile } from '../compile.ts';
import { CALL_NAMES, CALLS_MODULE } from './calls.ts';

const OPTIONS = { warmup: 0, fuel: 2_000_000 };
const compiled = compile(
  { 'calls.rego': CALLS_MODULE },
  CALL_NAMES.map((name) => `calls/r_${name}`),
);

const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(0.1, 0.2, -0.5, 1.5, 2.25, 1 / 3, 123_456.789, 1e-7, 1e15, 1e21, 2 ** 53 - 1, 1 - 2 ** 53, 2 ** 60),
  // JSON has no -0.
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
);
const TEXTS = [
  ...[
    '',
    'a',
    'b',
    'x',
    'y',
    'abc',
    'aXb',
    ' a\u00a0',
    '\t',
    'é',
    'Σίσυφος',
    'ß',
    'ﬁ',
    'ᾳ',
    'İ',
    'ǆ',
    '漢字',
    '🚦a',
    '\u0000',
  ],
  ...['10.0.0.0/8', '10.1.2.3', '::1', 'fe80::/10', '*.b', 'a.b', '{a,x}*', '[a-c]', '0', '1', '-7', '1.50', 'length'],
  ...['constructor', '__proto__', 'toString'],
] as const;
const scalar = fc.oneof(
  number,
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 4 }),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.constantFrom('x', 'y', 'z', 'a', '0', '__proto__', 'constructor', 'length');
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(number, { maxLength: 5 }),
    fc.array(fc.constantFrom(...TEXTS), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));

/** A document, undefined, or the code of a failure: what a caller can tell apart. */
function outcome(evaluator: Evaluator, name: string, input: unknown): unknown {
  try {
    const document = evaluator.evaluate(`calls/r_${name}`, input);
    return document === undefined ? 'undefined' : { document };
  } catch (reason) {
    return reason instanceof Failure ? reason.code : reason;
  }
}

/** Generated code would fail to write to it: an input is its caller's. */
function freeze(part: unknown): void {
  if (typeof part !== 'object' || part === null) return;
  Object.freeze(part);
  for (const member of Object.values(part)) freeze(member);
}

suite('builtins of plans', () => {
  let wasm: Evaluator;
  let plan: Evaluator;

  before(async () => {
    wasm = await createWasmEvaluator(await compiled, OPTIONS);
    plan = await createPlanEvaluator(await compiled, OPTIONS);
  });

  const inputs = fc.record({ a: value, b: value, c: value });

  test('give what compiled policy gives', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        freeze(input);
        for (const name of CALL_NAMES) {
          const want = outcome(wasm, name, input);
          assert.deepEqual(outcome(plan, name, input), want, `${name} over ${JSON.stringify(input)}`);
        }
      }),
      {
        numRuns: 150,
        examples: [
          [{ a: 7, b: 2, c: null }],
          [{ a: 0.1, b: 0.2, c: 0.3 }],
          [{ a: [3, 1, 2], b: [2, 5], c: [1] }],
          [{ a: { x: { y: 1 } }, b: { x: { z: 2 } }, c: {} }],
          [{ a: 'Größe 漢', b: 'ö', c: '' }],
          [{ a: JSON.parse('{"__proto__": 1, "constructor": 2}'), b: '__proto__', c: 1 }],
        ],
      },
    );
  });

  const ALONE: readonly (readonly [name: string, rego: string, input: unknown, want: unknown])[] = [
    ['a set in a text', 'x := $"{{v | some v in input}}"', [3, 1, 2], '{1, 2, 3}'],
    ['an object in a text', 'x := $"{input}"', { b: 1, a: { d: 1, c: 2 } }, '{"a": {"c": 2, "d": 1}, "b": 1}'],
    ['an object as a key', 'x := {input: 3}', { b: 1, a: 2 }, { '{"a":2,"b":1}': 3 }],
    ['a list made of a set', 'x := [v | some v in {w | some w in input}]', ['c', 'a', 'b'], ['a', 'b', 'c']],
    ['a list made of an object', 'x := [v | some v in input]', { c: 1, a: 2, b: 3 }, [2, 3, 1]],
    ['a text made of a set', 'x := concat(",", {w | some w in input})', ['c', 'a', 'b'], 'a,b,c'],
    ['json.marshal', 'x := json.marshal(input)', { b: 1, a: [[2, 1], 0.5] }, '{"a":[[2,1],0.5],"b":1}'],
    ['a path without parts', 'x := json.remove(input, [[]])', { a: 1 }, { a: 1 }],
    ['tenths', 'x := json.marshal([sum(input), 0.1 * 3, 1 - 0.9, 0.5 * 0.6])', [0.1, 0.2], '[0.3,0.3,0.1,0.3]'],
    [
      'quotients',
      'x := json.marshal([1 / 3, 2 / 3, 10 / 4, -7 / 2])',
      0,
      '[0.333333333333333333,0.666666666666666667,2.5,-3.5]',
    ],
    [
      'texts that look like the identity of a list',
      'x := count({v | some v in input})',
      ['\u0000[1,]', [1], '\u0000n1e400'],
      3,
    ],
    [
      'texts in the order of their characters',
      'x := sort(input)',
      ['\u{1f6a6}', '\uffee', 'a'],
      ['a', '\uffee', '\u{1f6a6}'],
    ],
    ['an input of -0, which JSON does not have', 'x := input', [-0, { a: -0 }], [0, { a: 0 }]],
  ];
  test('are right where compiled policy follows its hashes or gives up', async () => {
    for (const [name, rego, input, want] of ALONE) {
      const program = await compile({ 'x.rego': `package x\n\n${rego}\n` }, ['x/x']);
      const evaluator = await createPlanEvaluator(program, OPTIONS);
      assert.deepEqual(evaluator.evaluate('x/x', input), want, name);
    }
  });
});

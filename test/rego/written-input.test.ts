import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createWasmEvaluator, type WasmEvaluator } from '../../src/rego/evaluator.ts';
import { compile } from './compile.ts';

/** Looks at an input in every way that could tell values that were written from values that were read. */
const REGO = `package looking

echo := input

members := [[k, v] | some k, v in input]

paths := [[p, type_name(v)] | walk(input, [p, v])]

as_set := {v | walk(input, [_, v])}

as_keys := [k | some k, _ in {v: 1 | walk(input, [_, v])}]

json_text := json.marshal(input)

found := [p | walk(input, [p, v]); object.get(input, p, "nothing") == v]

sorted := sort([v | walk(input, [_, v])])

numbers_of_input := [n | walk(input, [_, n]); is_number(n)]

sums := [[m + n, m - n, m * n, m == n, m < n, abs(n), floor(n), format_int(n, 10)] |
	some m in array.slice(numbers_of_input, 0, 4)
	some n in numbers_of_input
	n < 1000000000000
	n > -1000000000000
]

merged := object.union(input, {"added": {"x": 1}}) if is_object(input)

removed := json.remove(input, ["a", "b/0"]) if is_object(input)
`;

const RULES = [
  ...['echo', 'members', 'paths', 'as_set', 'as_keys', 'json_text', 'found', 'sorted', 'sums', 'merged', 'removed'],
];

/** The same value as `value`, and not plain: it goes by its text. */
const byText = (value: unknown): { toJSON(): unknown } => ({ toJSON: () => value });

describe('an input that is written as values', () => {
  let evaluator: WasmEvaluator;

  before(async () => {
    const program = await compile(
      { 'looking.rego': REGO },
      RULES.map((rule) => `looking/${rule}`),
    );
    evaluator = await createWasmEvaluator(program, { warmup: 0 });
  });

  const json = fc.letrec<{ value: unknown; key: string; number: number }>((tie) => ({
    key: fc.oneof(
      fc.constantFrom('a', 'b', 'c', '__proto__', 'toString', '0', '10', 'ключ', 'constructor'),
      fc.string({ unit: 'grapheme', maxLength: 70 }),
    ),
    number: fc.oneof(
      fc.constantFrom(
        0,
        -0,
        1,
        -1,
        2 ** 31 - 1,
        2 ** 31,
        -(2 ** 31),
        -(2 ** 31) - 1,
        2 ** 32,
        2 ** 53 - 1,
        1e21,
        1e-7,
        0.1,
      ),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }),
    ),
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom(null, true, false, undefined),
      tie('number'),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.array(tie('value'), { maxLength: 14 }),
      fc.dictionary(tie('key'), tie('value'), { maxKeys: 30 }),
    ),
  })).value;

  for (const rule of RULES) {
    it(`gives what its text gives: ${rule}`, () => {
      fc.assert(
        fc.property(json, (value) => {
          fc.pre(value !== undefined);
          const [written, read] = [value, byText(value)].map((input) =>
            answer(() => evaluator.evaluate(`looking/${rule}`, input)),
          );
          // Compared as text, too: the order of keys and members is part of the answer.
          assert.equal(JSON.stringify(written), JSON.stringify(read));
          assert.deepEqual(written, read);
        }),
        { numRuns: 300 },
      );
    });
  }

  it('is not read again: it takes less fuel', () => {
    const input = { list: [1, 2, 3], text: 'x'.repeat(100) };
    const fuel = [input, byText(input)].map((each) => {
      evaluator.evaluate('looking/echo', each);
      return evaluator.fuelUsed();
    });
    assert.ok((fuel[0] ?? 0) < (fuel[1] ?? 0) / 2);
  });

  it('takes the same fuel whatever keys were seen before', () => {
    const input = { one: { two: [3] } };
    const fuel = () => {
      evaluator.evaluate('looking/members', input);
      return evaluator.fuelUsed();
    };
    const before_ = fuel();
    for (let index = 0; index < 5000; index++) evaluator.evaluate('looking/echo', { [`key-${index}`]: index });
    assert.equal(fuel(), before_);
    assert.deepEqual(evaluator.evaluate('looking/echo', { 'key-4999': 1, one: 2, 'key-0': 3 }), {
      'key-0': 3,
      'key-4999': 1,
      one: 2,
    });
  });
});

function answer(run: () => unknown): unknown {
  try {
    return { document: run() };
  } catch (reason) {
    return { failure: String(reason) };
  }
}

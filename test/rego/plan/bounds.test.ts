/** Whatever grows without end in a plan ends at the fuel, long before the memory of the process does. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import { createPlanEvaluator } from '../../../src/rego/plan/evaluator.ts';
import { compile } from '../compile.ts';

/** `v40`, which each level makes of the one below. */
const levels = (first: string, next: (below: string) => string): string =>
  [`v0 := ${first}`, ...Array.from({ length: 40 }, (_, i) => `v${i + 1} := ${next(`v${i}`)}`)].join('\n');

const MANY = 'many := numbers.range(1, 3000)';

const RUNAWAYS: Readonly<Record<string, string>> = {
  'a text that doubles': `${levels('"abcdefgh"', (v) => `concat("", [${v}, ${v}])`)}\nx := count(v40)`,
  'an integer that squares': `${levels('12345678901234567890', (v) => `${v} * ${v}`)}\nx := v40 > 1`,
  'a decimal that squares': `${levels('1.234567890123456789', (v) => `${v} * ${v}`)}\nx := v40 > 1`,
  'a text of a value that doubles': `${levels('[1, 1]', (v) => `[${v}, ${v}]`)}\nx := json.marshal(v40)`,
  'a member that doubles': `${levels('[1, 1]', (v) => `[${v}, ${v}]`)}\nx := count({v40})`,
  'a list of lists': `${MANY}\nx := count([[a, b] | some a in many; some b in many])`,
  'a set': `${MANY}\nx := count({y | some a in many; some b in many; y := a * 10000 + b})`,
  'a set of lists': `${MANY}\nx := count({[a, b] | some a in many; some b in many})`,
  'an object': `${MANY}\nx := count({y: 1 | some a in many; some b in many; y := format_int(a * 10000 + b, 10)})`,
  'a product': `${MANY}\nx := product(array.concat(many, [y | some a in many; y := a * 1000003]))`,
  'a shift': 'x := bits.lsh(1, 100001)',
  'a sum of numbers far apart': 'x := json.unmarshal("1e30000") + json.unmarshal("1e-30000") > 0',
  'a union of many': `${MANY}\nx := count(union({{a, b} | some a in many; some b in many}))`,
};

suite('what grows without end', () => {
  for (const [name, rego] of Object.entries(RUNAWAYS)) {
    test(`is stopped: ${name}`, async () => {
      const program = await compile({ 'x.rego': `package runaway\n\n${rego}\n` }, ['runaway/x']);
      const evaluator = await createPlanEvaluator(program, { warmup: 0, fuel: 5_000_000 });
      assert.throws(
        () => evaluator.evaluate('runaway/x', {}),
        (reason) => reason instanceof Failure && reason.code === 'evaluation_limit',
      );
    });
  }

  test('is stopped by the memory that it may take, however much fuel there is', async () => {
    const rego = `${MANY}\nx := count({[a, b] | some a in many; a <= input; some b in many})`;
    const program = await compile({ 'x.rego': `package runaway\n\n${rego}\n` }, ['runaway/x']);
    const evaluator = await createPlanEvaluator(program, {
      warmup: 0,
      fuel: 1_000_000_000,
      memoryMaxBytes: 16 * 1024 ** 2,
    });
    assert.equal(evaluator.evaluate('runaway/x', 1), 3000);
    assert.throws(() => evaluator.evaluate('runaway/x', 3000), { code: 'evaluation_limit' });
  });
});

/** Rules of hundreds of bodies, which are taken apart to be optimized, say what they say in WebAssembly. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createWasmEvaluator } from '../../../src/rego/evaluator.ts';
import { createPlanEvaluator } from '../../../src/rego/plan/evaluator.ts';
import { compile } from '../compile.ts';

const BODIES = 300;
const bodies = (body: (index: number) => string): string =>
  Array.from({ length: BODIES }, (_, i) => body(i)).join('\n');

const MODULES: Readonly<Record<string, string>> = {
  'a set': bodies((i) => `x contains "v${i}" if { input.n > ${i}; some t in input.tags; t == "t${i % 7}" }`),
  'an object': bodies((i) => `x[key] := ${i} if { input.n == ${i}; some key in input.tags }`),
  'one value': bodies((i) => `x := ${i} if input.n == ${i}`),
  'one value of many that agree': bodies((i) => `x := "same" if input.n >= ${i}`),
  'a function': `x := f(input.n)\n${bodies((i) => `f(${i}) := y if y := ${i} + count(input.tags)`)}`,
  'a chain of else': `x := 0 if input.n == 0\n${bodies((i) => `else := ${i + 1} if { input.n == ${i + 1}; not input.none }`)}`,
  'inputs put in place': `x := sort(all)\n${bodies((i) => `all contains v if v := own + ${i} with input.n as ${i}`)}\nown := input.n`,
  'a conflict': bodies((i) => `x := ${i} if input.n > ${i}`),
};

const INPUTS = [0, 1, 2, 150, BODIES - 1, BODIES, 5000].map((n) => ({ n, tags: ['t0', 't3', 'b', 'a'] }));

suite('rules of hundreds of bodies', () => {
  for (const [name, rego] of Object.entries(MODULES)) {
    test(`make ${name}`, async () => {
      const program = await compile({ 'x.rego': `package large\n\n${rego}\n` }, ['large/x']);
      const [wasm, plan] = [
        await createWasmEvaluator(program, { warmup: 0 }),
        await createPlanEvaluator(program, { warmup: 0 }),
      ];
      for (const input of INPUTS) {
        const ask = (evaluator: typeof plan): unknown => {
          try {
            return { document: evaluator.evaluate('large/x', input) };
          } catch (reason) {
            return String(reason);
          }
        };
        assert.deepEqual(ask(plan), ask(wasm), `n = ${input.n}`);
      }
    });
  }
});

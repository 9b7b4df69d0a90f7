/** Data keeps every digit, however it is read. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createPlanEvaluator } from '../../../src/rego/plan/evaluator.ts';
import { compile } from '../compile.ts';

/** What sprintf says of `data.n`. */
const NUMBERS: readonly (readonly [json: string, want: string])[] = [
  ['1', '1'],
  ['-7', '-7'],
  ['0.5', '0.5'],
  ['1.0', '1.0'],
  ['2.50', '2.50'],
  ['1e3', '1e3'],
  ['-0', '-0'],
  ['0.0000001', '0.0000001'],
  ['9007199254740993', '9007199254740993'],
  ['12345678901234567890', '12345678901234567890'],
  ['0.12345678901234567890', '0.12345678901234567890'],
];

suite('data of a plan', () => {
  for (const [json, want] of NUMBERS) {
    test(`holds ${json}`, async () => {
      const { wasm, plan } = await compile(
        { 'x.rego': 'package x\n\nx := json.marshal([data.n, data.n == data.m])\n' },
        ['x/x'],
      );
      const dataJson = Buffer.from(`{"n": ${json}, "list": [${json}], "m":${json}}`);
      const program = { wasm, dataJson, ...(plan === undefined ? {} : { plan }) };
      const evaluator = await createPlanEvaluator(program, { warmup: 0 });
      assert.equal(evaluator.evaluate('x/x', {}), `[${want},true]`);
    });
  }

  test('may have any key', async () => {
    const { wasm, plan } = await compile(
      {
        'x.rego': 'package x\n\nx := [data.k["__proto__"], data.k.constructor]\n\ny := data.k.toString\n',
      },
      ['x/x', 'x/y'],
    );
    const dataJson = Buffer.from('{"k": {"__proto__": 1, "constructor": {"a": 2}, "x": "\\u00e9"}}');
    const program = { wasm, dataJson, ...(plan === undefined ? {} : { plan }) };
    const evaluator = await createPlanEvaluator(program, { warmup: 0 });
    assert.deepEqual(evaluator.evaluate('x/x', {}), [1, { a: 2 }]);
    assert.equal(evaluator.evaluate('x/y', {}), undefined);
  });
});

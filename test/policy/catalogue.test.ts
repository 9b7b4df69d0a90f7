import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCatalogue } from '../../src/policy/catalogue.ts';

const model = (context_window: unknown) => ({ models: { 'p/m': { context_window } } });
const CASES: readonly [name: string, data: unknown, models: readonly string[], context: number | undefined][] = [
  ['a number of tokens', model(128_000), ['p/m'], 128_000],
  ['none', { models: { 'p/m': {} } }, ['p/m'], undefined],
  ['a text', model('128000'), ['p/m'], undefined],
  ['less than a token', model(0), ['p/m'], undefined],
  ['a fraction', model(1.5), ['p/m'], undefined],
  ['a model that is no object', { models: { 'p/m': 7 } }, ['p/m'], undefined],
  ['no models', {}, [], undefined],
  ['models that are none', { models: [model(7)] }, [], undefined],
];

for (const [name, data, models, context] of CASES) {
  test(`how much a model reads: ${name}`, () => {
    const catalogue = readCatalogue(data);
    assert.deepEqual(catalogue.models, models);
    assert.equal(catalogue.contexts.get('p/m'), context);
  });
}

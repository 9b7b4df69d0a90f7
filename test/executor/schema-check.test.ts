import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../src/core/json.ts';
import { createSchemaCheck, type Fit, SCHEMA_CHECK_DEFAULTS } from '../../src/executor/schema-check.ts';

const check = createSchemaCheck();

/** Each level may be reached in two ways: 2^28 ways to fail. */
const EXPONENTIAL: JsonObject = {
  $ref: '#/$defs/d0',
  $defs: Object.fromEntries([
    ...Array.from({ length: 28 }, (_, index) => [
      `d${index}`,
      { anyOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
    ]),
    ['d28', { type: 'string' }],
  ]),
};

const NODE: JsonObject = {
  $ref: '#/$defs/node',
  $defs: {
    node: {
      type: 'object',
      properties: { next: { $ref: '#/$defs/node' }, value: { type: 'integer' } },
      required: ['value'],
    },
  },
};

const CASES: readonly { name: string; schema: JsonObject; text: string; fit: Fit }[] = [
  { name: 'what fits', schema: { type: 'object', required: ['a'] }, text: '{"a":1}', fit: 'fits' },
  { name: 'what does not', schema: { type: 'object', required: ['a'] }, text: '{}', fit: 'misfit' },
  { name: 'what is no JSON', schema: { type: 'object' }, text: '{', fit: 'misfit' },
  {
    name: 'a schema of a named draft',
    schema: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'array' },
    text: '{}',
    fit: 'misfit',
  },
  { name: 'a tuple', schema: { prefixItems: [{ type: 'string' }], items: false }, text: '["a"]', fit: 'fits' },
  {
    name: 'a tuple that is too long',
    schema: { prefixItems: [{ type: 'string' }], items: false },
    text: '["a",1]',
    fit: 'misfit',
  },
  { name: 'a recursive schema', schema: NODE, text: '{"value":1,"next":{"value":2}}', fit: 'fits' },
  { name: 'a fault deep in a recursive schema', schema: NODE, text: '{"value":1,"next":{"value":"2"}}', fit: 'misfit' },
  { name: 'a format, which nobody checks', schema: { type: 'string', format: 'date' }, text: '"soon"', fit: 'fits' },
  { name: 'a keyword of nobody', schema: { type: 'string', sparkle: true }, text: '"x"', fit: 'fits' },
  { name: 'a schema that makes no sense', schema: { type: 'spaceship' }, text: '{}', fit: 'unchecked' },
  { name: 'a reference into nowhere', schema: { $ref: '#/$defs/gone' }, text: '{}', fit: 'unchecked' },
  { name: 'a reference to the network', schema: { $ref: 'http://127.0.0.1:1/schema' }, text: '{}', fit: 'unchecked' },
  { name: 'a pattern', schema: { type: 'string', pattern: '^a+$' }, text: '"aab"', fit: 'misfit' },
  {
    name: 'a pattern that would backtrack for ever',
    schema: { type: 'string', pattern: '^(a+)+$' },
    text: `"${'a'.repeat(5_000)}b"`,
    fit: 'misfit',
  },
  {
    name: 'a pattern that a linear engine cannot do',
    schema: { type: 'string', pattern: '(?=a)a' },
    text: '"a"',
    fit: 'unchecked',
  },
  { name: 'a schema whose check grows exponentially', schema: EXPONENTIAL, text: '5', fit: 'unchecked' },
  {
    name: 'a schema that is too long',
    schema: { description: 'x'.repeat(SCHEMA_CHECK_DEFAULTS.schemaChars) },
    text: '5',
    fit: 'unchecked',
  },
  {
    name: 'an answer that is too long',
    schema: { type: 'object' },
    text: `"${'x'.repeat(SCHEMA_CHECK_DEFAULTS.textChars)}"`,
    fit: 'unchecked',
  },
  {
    name: 'names of prototypes',
    schema: JSON.parse('{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}'),
    text: '{"constructor":1}',
    fit: 'misfit',
  },
];

describe('against a schema of the caller', () => {
  for (const { name, schema, text, fit } of CASES) {
    test(`${name} is ${fit}`, () => {
      assert.equal(check.check(schema, text), fit);
    });
  }

  test('a schema too dear to check is not tried a second time', () => {
    check.check(EXPONENTIAL, '5');
    const startedMs = performance.now();
    for (let index = 0; index < 20; index += 1) assert.equal(check.check(EXPONENTIAL, '5'), 'unchecked');
    assert.ok(performance.now() - startedMs < 20 * SCHEMA_CHECK_DEFAULTS.timeoutMs);
  });

  test('two schemas that give themselves the same name do not meet', () => {
    const named = (type: string): JsonObject => ({ $id: 'https://example.test/one', type });
    assert.equal(check.check(named('string'), '"a"'), 'fits');
    assert.equal(check.check(named('number'), '"a"'), 'misfit');
    assert.equal(check.check(named('string'), '"a"'), 'fits');
  });

  test('schemas beyond the number kept still count', () => {
    const small = createSchemaCheck({ ...SCHEMA_CHECK_DEFAULTS, schemas: 2 });
    for (let round = 0; round < 2; round += 1) {
      for (let most = 0; most < 5; most += 1) {
        assert.equal(small.check({ type: 'number', maximum: most }, String(most)), 'fits');
        assert.equal(small.check({ type: 'number', maximum: most }, String(most + 1)), 'misfit');
      }
    }
  });

  test('no schema and no text, whatever they are, makes it throw', () => {
    const keyword = fc.constantFrom(
      'type',
      'items',
      'properties',
      '$ref',
      'anyOf',
      'pattern',
      'enum',
      '$id',
      'required',
      'minLength',
      'not',
      'dependentSchemas',
    );
    const schema = fc.dictionary(keyword, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
    fc.assert(
      fc.property(schema, fc.json({ maxDepth: 3 }), (given, text) => {
        // What fast-check calls JSON is JSON.
        assert.match(check.check(given as JsonObject, text), /^(fits|misfit|unchecked)$/);
      }),
      { numRuns: 200 },
    );
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { HOST_BUILTINS, REFUSED_BUILTINS } from '../../../src/rego/builtins/table.ts';
import { CASES } from './cases.ts';
import { call, createContext } from './context.ts';

suite('host builtins', () => {
  for (const [name, operands, want] of CASES) {
    test(`${name} ${show(operands)} is ${show(want)}`, () => assert.deepEqual(call(name, ...operands), want));
  }

  test('every family has a case', () => {
    const covered = new Set(CASES.map(([name]) => name.split('.')[0]));
    const families = new Set([...HOST_BUILTINS.keys()].map((name) => name.split('.')[0] ?? ''));
    const apart = [
      'trace',
      'cast_array',
      'cast_set',
      'cast_string',
      'cast_boolean',
      'cast_null',
      'cast_object',
      're_match',
    ];
    assert.deepEqual(
      [...families].filter((family) => !covered.has(family) && !apart.includes(family)),
      [],
    );
  });

  test('none is both lent and refused, and every refusal has a reason', () => {
    assert.deepEqual(
      [...REFUSED_BUILTINS.keys()].filter((name) => HOST_BUILTINS.has(name)),
      [],
    );
    assert.ok([...REFUSED_BUILTINS.values()].every((reason) => reason.length > 20));
  });

  test('nothing that reaches the network is lent', () => {
    for (const name of ['http.send', 'net.lookup_ip_addr', 'opa.runtime']) assert.ok(!HOST_BUILTINS.has(name), name);
  });

  test('the same name gives the same UUID and number, another name another', () => {
    assert.equal(call('uuid.rfc4122', 'a'), call('uuid.rfc4122', 'a'));
    assert.notEqual(call('uuid.rfc4122', 'a'), call('uuid.rfc4122', 'b'));
    assert.match(
      String(call('uuid.rfc4122', 'a')),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.equal(call('rand.intn', 'a', 1_000_000), call('rand.intn', 'a', -1_000_000));
  });

  const bombs: ReadonlyArray<readonly [string, readonly unknown[]]> = [
    ['sprintf', ['%999999d'.repeat(10), Array.from({ length: 10 }, () => 1)]],
    ['numbers.range_step', [0, 9_007_199_254_740_993n, 1]],
    ['net.cidr_expand', ['::/0']],
    ['regex.replace', ['a'.repeat(100_000), '', 'x'.repeat(1_000)]],
    ['graph.reachable_paths', [completeGraph(14), ['0']]],
    ['regex.globs_match', [`${'[ab]*[ac]*'.repeat(12)}x+`, 'a'.repeat(40)]],
  ];
  for (const [name, operands] of bombs) {
    test(`${name} is stopped when it would make too much`, () => {
      const builtin = HOST_BUILTINS.get(name);
      assert.ok(builtin);
      assert.throws(() => builtin(createContext(5e7), ...operands), { name: 'Failure', code: 'evaluation_limit' });
    });
  }
});

function completeGraph(size: number): Record<string, string[]> {
  const nodes = Array.from({ length: size }, (_, i) => String(i));
  return Object.fromEntries(nodes.map((node) => [node, nodes]));
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return part.toString();
    return part instanceof Set ? [...part] : part;
  });
  return text === undefined ? 'undefined' : text.slice(0, 100);
}

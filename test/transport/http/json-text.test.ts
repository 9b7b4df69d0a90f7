import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import { locateJsonFault } from '../../../src/transport/http/json-fault.ts';
import { MAX_JSON_DEPTH, parseJson } from '../../../src/transport/http/json-text.ts';

const parse = (text: string): unknown => parseJson('body', Buffer.from(text, 'utf8'));

const FAULTS: readonly (readonly [string, string])[] = [
  ['', 'body: is empty, must be JSON'],
  [' \n', 'body: is empty, must be JSON'],
  ['{', 'body: malformed JSON at line 1 column 2: expected a key in double quotes or }'],
  ['{"a"', 'body: malformed JSON at line 1 column 5: expected :'],
  ['{"a":', 'body: malformed JSON at line 1 column 6: expected a value'],
  ['{"a":1', 'body: malformed JSON at line 1 column 7: expected , or }'],
  ['{"a":1,}', 'body: malformed JSON at line 1 column 8: expected a key in double quotes'],
  ['{\n  "a": tru\n}', 'body: malformed JSON at line 2 column 8: expected a value'],
  ['[1,\n2,]', 'body: malformed JSON at line 2 column 3: expected a value'],
  ['[1 2]', 'body: malformed JSON at line 1 column 4: expected , or ]'],
  ['[1}', 'body: malformed JSON at line 1 column 3: expected , or ]'],
  ['{"a":1} x', 'body: malformed JSON at line 1 column 9: expected the end of the text'],
  ["{'a':1}", 'body: malformed JSON at line 1 column 2: expected a key in double quotes or }'],
  ['"abc', 'body: malformed JSON at line 1 column 5: expected the closing double quote of a string'],
  ['"a\tb"', 'body: malformed JSON at line 1 column 3: expected an escape instead of a control character'],
  ['"\\x"', 'body: malformed JSON at line 1 column 2: expected a JSON escape'],
  ['01', 'body: malformed JSON at line 1 column 2: expected the end of the text'],
  ['NaN', 'body: malformed JSON at line 1 column 1: expected a value'],
];

for (const [text, message] of FAULTS) {
  test(`${JSON.stringify(text)} is refused with the place of its fault`, () => {
    assert.throws(() => parse(text), { name: 'Failure', code: 'invalid_request', message });
  });
}

test('a fault is found in a text if and only if JSON.parse refuses it', () => {
  const json = fc
    .json()
    .chain((text) =>
      fc.tuple(
        fc.constant(text),
        fc.nat(text.length),
        fc.nat(3),
        fc.stringMatching(/^["{}[\],:0-9eE.+\\tfnu -]{0,3}$/),
      ),
    );
  const broken = json.map(([text, at, cut, insert]) => text.slice(0, at) + insert + text.slice(at + cut));
  fc.assert(
    fc.property(fc.oneof(fc.string(), broken), (text) => {
      let refused = false;
      try {
        JSON.parse(text);
      } catch {
        refused = true;
      }
      assert.equal(locateJsonFault(text) !== undefined, refused);
    }),
    { numRuns: 1000 },
  );
});

test('every JSON document that is not too deep is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      assert.deepEqual(parse(text), JSON.parse(text));
    }),
  );
});

for (const [what, bytes] of [
  ['a lone continuation byte', [0x22, 0x80, 0x22]],
  ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
  ['a surrogate half', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ['a cut character', [0x22, 0xe2, 0x82, 0x22]],
  ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
] as const) {
  test(`${what} is refused as bad UTF-8`, () => {
    assert.throws(() => parseJson('body', Uint8Array.from(bytes)), {
      code: 'invalid_request',
      message: 'body: is not valid UTF-8',
    });
  });
}

test('a byte order mark is read over', () => {
  assert.deepEqual(parse('\ufeff{"a":1}'), { a: 1 });
});

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

test('depth is bounded, brackets in strings are not counted', () => {
  assert.equal(Array.isArray(parse(nested('[', ']', MAX_JSON_DEPTH))), true);
  assert.deepEqual(parse(JSON.stringify(['[{'.repeat(200), '\\"[['.repeat(200)])), [
    '[{'.repeat(200),
    '\\"[['.repeat(200),
  ]);
  for (const text of [nested('[', ']', MAX_JSON_DEPTH + 1), '['.repeat(200_000), '{"a":'.repeat(50_000)]) {
    assert.throws(() => parse(text), { code: 'too_large', message: 'body: nested deeper than 64' });
  }
});

test('the last of two equal keys counts', () => {
  assert.deepEqual(parse('{"a":1,"a":2}'), { a: 2 });
});

test('a key named __proto__ is a key and changes no prototype', () => {
  const value = parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
  assert.ok(typeof value === 'object' && value !== null);
  assert.deepEqual(Object.keys(value), ['__proto__', 'constructor']);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal('polluted' in {}, false);
});

test('a fault never quotes the text, which may hold a secret', () => {
  fc.assert(
    fc.property(fc.nat(60), (cut) => {
      const text = '{"caller":{"key":"tp_a_CANARYCANARYCANARYCANARYCANARY00"},"n":nope}'.slice(0, 70 - cut);
      assert.throws(
        () => parse(text),
        (failure) => failure instanceof Failure && !failure.message.includes('CANARY') && failure.cause === undefined,
      );
    }),
  );
});

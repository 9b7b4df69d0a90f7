import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ExactNumber, type HostBuiltin } from '../../src/rego/builtin.ts';
import { createWasmEvaluator } from '../../src/rego/evaluator.ts';
import { inputText } from '../../src/rego/input-text.ts';
import { compareRego } from '../../src/rego/rego-order.ts';
import { regoText } from '../../src/rego/rego-text.ts';
import { createTextCache } from '../../src/rego/text-cache.ts';
import { numberOf } from '../../src/rego/value-reader.ts';
import { compile } from './compile.ts';

/** `semver.is_valid` stands in for any builtin of one operand. */
const ECHO = 'package echo\n\nresult := semver.is_valid(input)\n\nof_data := semver.is_valid(data.value)\n';

const program = compile({ 'echo.rego': ECHO }, ['echo/result', 'echo/of_data']);

const echo: HostBuiltin = (_evaluation, operand) => operand;

/** Values of Rego that a builtin may get and give. */
const value = fc.letrec<{ value: unknown; key: string }>((tie) => ({
  key: fc.string({ unit: 'binary', maxLength: 8 }),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => (Object.is(double, -0) ? 0 : double)),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
    fc.array(tie('value'), { maxLength: 12 }),
    fc.dictionary(
      tie('key').filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 12 },
    ),
    fc
      .uniqueArray(tie('value'), { maxLength: 12, comparator: (a, b) => compareRego(a, b) === 0 })
      .map((members) => new Set(members.sort(compareRego))),
    fc
      .uniqueArray(fc.tuple(fc.array(fc.nat()), tie('value')), {
        minLength: 1,
        maxLength: 5,
        comparator: (a, b) => compareRego(a, b) === 0,
        selector: ([key]) => key,
      })
      .map((entries) => new Map(entries.sort(compareRego))),
  ),
})).value;

describe('values between a policy and a builtin', () => {
  it('come back as they went', async () => {
    let given: unknown;
    const builtins = new Map<string, HostBuiltin>([
      ['semver.is_valid', (_evaluation, operand) => (operand === 'give' ? given : operand)],
    ]);
    // The value goes into the policy as the result of a builtin, and from there into another call.
    const twice = await compile(
      {
        'twice.rego':
          'package twice\n\nresult := true if semver.is_valid(semver.is_valid("give")) == semver.is_valid("give")\n',
      },
      ['twice/result'],
    );
    const evaluator = await createWasmEvaluator(twice, { builtins, warmup: 0 });
    fc.assert(
      fc.property(value, (any) => {
        given = any;
        assert.equal(evaluator.evaluate('twice/result', {}), true);
      }),
      { numRuns: 500 },
    );
  });

  it('keep every digit, kind and key', async () => {
    const seen: unknown[] = [];
    const builtins = new Map<string, HostBuiltin>([['semver.is_valid', (_evaluation, operand) => seen.push(operand)]]);
    const dataJson = Buffer.from(
      '{"value": [1, -0.5, 1e3, 9007199254740993, 0.12345678901234567890, 1e400, 1.10, "漢", {"b": [], "a": {}}]}',
    );
    const evaluator = await createWasmEvaluator({ ...(await program), dataJson }, { builtins, warmup: 0 });
    evaluator.evaluate('echo/of_data', {});
    assert.deepEqual(seen, [
      [
        ...[1, -0.5, new ExactNumber('1e3'), 9007199254740993n, new ExactNumber('0.12345678901234567890')],
        ...[new ExactNumber('1e400'), new ExactNumber('1.10'), '漢', { a: {}, b: [] }],
      ],
    ]);
  });

  it('give an input back unchanged, whatever JSON it is', async () => {
    const evaluator = await createWasmEvaluator(await program, {
      builtins: new Map([['semver.is_valid', echo]]),
      warmup: 0,
    });
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (json) => {
        const plain: unknown = JSON.parse(JSON.stringify(json));
        assert.deepEqual(evaluator.evaluate('echo/result', json), plain);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a number of a policy', () => {
  const NUMBERS: readonly (readonly [text: string, number: number | bigint | ExactNumber])[] = [
    ['0', 0],
    ['-17', -17],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', 9_007_199_254_740_992n],
    ['-9007199254740992', -9_007_199_254_740_992n],
    ['1.5', 1.5],
    ['1.50', new ExactNumber('1.50')],
    ['1e3', new ExactNumber('1e3')],
    ['1e+21', 1e21],
    ['-0', new ExactNumber('-0')],
    ['0.1', 0.1],
    ['0.10000000000000000001', new ExactNumber('0.10000000000000000001')],
    ['1e400', new ExactNumber('1e400')],
    ['1e-400', new ExactNumber('1e-400')],
    ['5e-324', 5e-324],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
  ];
  for (const [text, number] of NUMBERS) {
    it(`is ${typeof number} of ${text}`, () => assert.deepEqual(numberOf(text), number));
  }

  it('is a double for every text that JavaScript writes of one', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        fc.pre(!Number.isInteger(double) || Number.isSafeInteger(double));
        assert.equal(numberOf(JSON.stringify(double)), double === 0 ? 0 : double);
      }),
    );
  });
});

describe('the text of a result', () => {
  const TEXTS: readonly (readonly [value: unknown, text: string | undefined])[] = [
    [null, 'null'],
    ['a"\n', '"a\\"\\n"'],
    ['\ud800', '"\ufffd"'],
    [1n << 70n, '1180591620717411303424'],
    [new ExactNumber('1.10'), '1.10'],
    [new Set(), 'set()'],
    [new Set([1, [new Set(['x'])]]), '{1,[{"x"}]}'],
    [new Map([[1, 'one']]), '{1:"one"}'],
    [{ a: { b: [true] } }, '{"a":{"b":[true]}}'],
    [Number.NaN, undefined],
    [[1, Number.POSITIVE_INFINITY], undefined],
    [{ a: undefined }, undefined],
    [(): void => undefined, undefined],
  ];
  for (const [result, text] of TEXTS) {
    it(`is ${text}`, () => assert.equal(regoText(result), text));
  }
});

describe("Rego's order", () => {
  const ORDERED: readonly unknown[] = [
    ...[
      null,
      false,
      true,
      -1,
      0,
      0.5,
      1,
      2n ** 60n,
      new ExactNumber('1e300'),
      '',
      'a',
      'aa',
      'b',
      'z',
      'ä',
      '\uffff',
      '🚦',
    ],
    ...[
      [],
      [1],
      [1, 2],
      [2],
      {},
      { a: 1 },
      { a: 1, b: 0 },
      { a: 2 },
      { b: 0 },
      new Map([[[1], 1]]),
      new Set(),
      new Set([1]),
    ],
  ];

  it('sorts values of every kind', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...ORDERED.keys()]), (indices) => {
        const sorted = [...indices].sort((a, b) => compareRego(ORDERED[a], ORDERED[b]));
        assert.deepEqual(
          sorted,
          [...indices].sort((a, b) => a - b),
        );
      }),
    );
  });
});

describe('a text cache', () => {
  it('gives what decoding gives', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1 }), (texts) => {
        const bytes = Buffer.from(texts.join(''));
        const cached = createTextCache((at, end) => bytes.toString('utf8', at, end));
        for (let round = 0; round < 2; round++) {
          let at = 0;
          for (const text of texts) {
            const end = at + Buffer.byteLength(text);
            assert.equal(cached(bytes, at, end), text);
            at = end;
          }
        }
      }),
    );
  });

  it('does not take bytes of UTF-8 for a text of the same codes', () => {
    const bytes = Buffer.from('Ã©é');
    const cached = createTextCache((at, end) => bytes.toString('latin1', at, end));
    cached(bytes, 4, 6);
    assert.equal(cached(bytes, 4, 6), 'Ã©');
  });
});

describe('the text of an input', () => {
  const REFUSED: readonly (readonly [name: string, input: unknown, code: string])[] = [
    ['a function', () => 1, 'invalid_request'],
    ['a symbol', Symbol('x'), 'invalid_request'],
    ['a big integer', [1n], 'invalid_request'],
    ['half a surrogate pair', ['x', '\udc00'], 'invalid_request'],
    ['half a surrogate pair behind a backslash', '\\\ud800', 'invalid_request'],
    ['half a surrogate pair as a key', { '\ud800': 1 }, 'invalid_request'],
    ['too many characters', 'x'.repeat(100), 'too_large'],
    ['too many bytes', '漢'.repeat(33), 'too_large'],
  ];
  for (const [name, input, code] of REFUSED) {
    it(`is refused for ${name}`, () => assert.throws(() => inputText(input, 100), { code }));
  }

  it('is taken when it only speaks of surrogates', () => {
    assert.equal(inputText('\\ud800 🚦', 100), '"\\\\ud800 🚦"');
  });
});

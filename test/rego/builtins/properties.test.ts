import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';

import { Failure } from '../../../src/core/failure.ts';
import { formatFloat } from '../../../src/rego/builtins/go-float.ts';
import { parseJson, writeJson } from '../../../src/rego/builtins/go-json.ts';
import { compareVersions, parseVersion } from '../../../src/rego/builtins/semver.ts';
import { HOST_BUILTINS } from '../../../src/rego/builtins/table.ts';
import { civilFromDays, daysFromCivil } from '../../../src/rego/builtins/time-civil.ts';
import { compareValues, equalValues, setOf } from '../../../src/rego/builtins/value.ts';
import { call, createContext } from './context.ts';

const json = fc.jsonValue({ maxDepth: 3 });
const text = fc.string({ unit: 'grapheme' });

// Below, a difference of one digit is lost itself.
const double = fc
  .double({ noNaN: true, min: -1e300, max: 1e300 })
  .filter((value) => value === 0 || Math.abs(value) > 1e-300);

const version = fc
  .tuple(
    fc.nat(20),
    fc.nat(20),
    fc.nat(20),
    fc.array(fc.constantFrom('alpha', '1', '2', '10', 'rc-1', 'x'), { maxLength: 3 }),
  )
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre.length > 0 ? `-${pre.join('.')}` : ''}`);

function order(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  assert.ok(left && right);
  return compareVersions(left, right);
}

suite('host builtins, whatever the operands', () => {
  test('versions are totally ordered', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        assert.equal(order(a, b), -order(b, a) + 0);
        if (order(a, b) <= 0 && order(b, c) <= 0) assert.ok(order(a, c) <= 0);
      }),
    );
  });

  test('values are totally ordered, and a set holds each once', () => {
    fc.assert(
      fc.property(json, json, json, (a, b, c) => {
        assert.equal(Math.sign(compareValues(a, b)), -Math.sign(compareValues(b, a)) + 0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) assert.ok(compareValues(a, c) <= 0);
        assert.equal(setOf([a, b, a, b]).size, equalValues(a, b) ? 1 : 2);
      }),
    );
  });

  test('hex, query and JSON texts come back as they went', () => {
    fc.assert(
      fc.property(text, json, (value, document) => {
        assert.equal(call('hex.decode', call('hex.encode', value)), value);
        assert.equal(call('urlquery.decode', call('urlquery.encode', value)), value);
        assert.ok(equalValues(parseJson(writeJson(document)), document));
        assert.ok(
          equalValues(call('yaml.unmarshal', call('yaml.marshal', document)), document),
          JSON.stringify(document),
        );
      }),
    );
  });

  test('the shortest text of a double reads back as that double, and a precise one is what JavaScript prints', () => {
    fc.assert(
      fc.property(double, fc.nat(15), (value, precision) => {
        for (const verb of ['g', 'e', 'f']) assert.equal(Number(formatFloat(value, verb, -1)) + 0, value + 0);
        const exact = Number(formatFloat(value, 'e', precision));
        assert.ok(Math.abs(exact - Number(value.toExponential(precision))) <= Math.abs(value) * 10 ** -precision);
      }),
    );
  });

  test('days and dates agree, also with the calendar of JavaScript', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (days) => {
        const { year, month, day } = civilFromDays(days);
        assert.equal(daysFromCivil(year, month, day), days);
        const date = new Date(days * 86_400_000);
        assert.deepEqual([year, month, day], [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
      }),
    );
  });

  test('a time that is formatted with every field parses to itself', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
        fc.constantFrom('UTC', 'Asia/Kolkata'),
        (ns, zone) => {
          const layout = '2006-01-02T15:04:05.000000000-07:00:00';
          const parsed = call('time.parse_ns', layout, call('time.format', [ns, zone, layout]));
          assert.equal(BigInt(parsed as number | bigint), ns); // a number or a bigint, or the assertion's BigInt throws
        },
      ),
    );
  });

  test('a patch that tests what is there holds, and one that tests anything else does not', () => {
    fc.assert(
      fc.property(json, json, (document, other) => {
        const patched = call('json.patch', { a: document }, [{ op: 'test', path: '/a', value: other }]);
        assert.equal(patched !== undefined, equalValues(document, other));
      }),
    );
  });

  const garbage = fc.oneof(
    json,
    text,
    fc.array(text, { maxLength: 4 }),
    fc.bigInt(),
    fc.stringMatching(/^%[-+# 0]*[\d*]{0,3}(\.[\d*]{0,2})?(\[\d?\])?[a-zA-Z%]?$/),
    fc.stringMatching(/^[0-9a-f:.]{0,20}\/\d{0,3}$/),
    fc.stringMatching(/^[A-Za-z0-9_-]{0,12}\.[A-Za-z0-9_-]{0,12}\.[A-Za-z0-9_-]{0,12}$/),
    fc.stringMatching(/^(2006|01|_2|15|Jan|MST|Z07:00|-0700|\.000|PM| |:){0,6}$/),
    fc.stringMatching(/^[(a*+?|[\]^$\\d.)]{0,8}$/),
  );
  for (const name of HOST_BUILTINS.keys()) {
    test(`${name} answers garbage with a value, undefined or a Failure, within its fuel`, () => {
      const builtin = HOST_BUILTINS.get(name);
      assert.ok(builtin);
      const answers = (operands: readonly unknown[]): void => {
        try {
          builtin(createContext(2e7), ...operands);
        } catch (reason) {
          assert.ok(reason instanceof Failure, String(reason));
          assert.equal(reason.code, 'evaluation_limit', String(reason.cause));
        }
      };
      fc.assert(fc.property(fc.tuple(garbage, garbage, garbage, garbage), answers), { numRuns: 60 });
    });
  }
});

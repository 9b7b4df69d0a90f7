import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { uuidv7 } from '../../src/core/id.ts';

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const momentMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const tenBytes = fc.uint8Array({ minLength: 10, maxLength: 10 });

test('an id is a UUIDv7 that carries its milliseconds', () => {
  fc.assert(
    fc.property(momentMs, tenBytes, (ms, bytes) => {
      const id = uuidv7(ms, bytes);
      assert.match(id, SHAPE);
      assert.equal(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16), ms);
    }),
  );
});

test('the example of RFC 9562 appendix A.6 comes out', () => {
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  assert.equal(uuidv7(0x017f22e279b0, random), '017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('ids of later milliseconds sort later', () => {
  fc.assert(
    fc.property(momentMs, momentMs, tenBytes, tenBytes, (a, b, one, other) => {
      fc.pre(a < b);
      assert.ok(uuidv7(a, one) < uuidv7(b, other));
    }),
  );
});

test('every random bit but version and variant reaches the id', () => {
  const zero = uuidv7(0, new Uint8Array(10));
  const ones = uuidv7(0, new Uint8Array(10).fill(255));
  assert.equal(zero, '00000000-0000-7000-8000-000000000000');
  assert.equal(ones, '00000000-0000-7fff-bfff-ffffffffffff');
});

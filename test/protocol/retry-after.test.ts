import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRetryAfterMs } from '../../src/protocol/retry-after.ts';

const DATE = 'Wed, 21 Oct 2026 07:28:00 GMT';

const CASES: readonly { readonly headers: Readonly<Record<string, string>>; readonly waitMs: number | undefined }[] = [
  { headers: {}, waitMs: undefined },
  { headers: { 'retry-after': '7' }, waitMs: 7000 },
  { headers: { 'retry-after': ' 0.25 ' }, waitMs: 250 },
  { headers: { 'retry-after': '0' }, waitMs: 0 },
  { headers: { 'retry-after-ms': '1500.2', 'retry-after': '7' }, waitMs: 1501 },
  { headers: { 'retry-after-ms': 'soon', 'retry-after': '7' }, waitMs: 7000 },
  { headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:20 GMT', date: DATE }, waitMs: 20_000 },
  { headers: { 'retry-after': 'Wednesday, 21-Oct-26 07:28:20 GMT', date: DATE }, waitMs: 20_000 },
  { headers: { 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT', date: DATE }, waitMs: 0 },
  { headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:20 GMT' }, waitMs: undefined },
  { headers: { 'retry-after': 'Wed, 99 Oct 2026 07:28:20 GMT', date: DATE }, waitMs: undefined },
  { headers: { 'retry-after': '999999999' }, waitMs: 86_400_000 },
  { headers: { 'retry-after': '-1' }, waitMs: undefined },
  { headers: { 'retry-after': '1e3', date: DATE }, waitMs: undefined },
  { headers: { 'retry-after': '', date: DATE }, waitMs: undefined },
  { headers: { 'retry-after': '9'.repeat(400) }, waitMs: undefined },
];

describe('how long a vendor asks to be left alone', () => {
  for (const { headers, waitMs } of CASES) {
    it(`is ${waitMs} ms by ${JSON.stringify(headers).slice(0, 90)}`, () => {
      assert.equal(
        readRetryAfterMs((name) => headers[name]),
        waitMs,
      );
    });
  }
});

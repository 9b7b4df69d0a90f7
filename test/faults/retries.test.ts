/** A target with `retries`, and nobody else: when it is asked again, and when not. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { answerJson, type Script } from '../support/upstream.ts';
import { ask, DOORS } from './doors.ts';
import type { Asked } from './faults.ts';
import { between } from './ledger.ts';
import { healthy, scriptOf } from './misbehaviour.ts';
import { type Scene, startScene } from './upstreams.ts';
import { SPOKEN } from './vendors.ts';

const vendor = SPOKEN.compatible;
const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';

const limited =
  (headers: Readonly<Record<string, string>>): Script =>
  (socket) =>
    void socket.write(answerJson(429, vendor.error('rate_limit', 'slow down'), headers));

interface Case {
  readonly name: string;
  readonly does: Script;
  readonly asked: Asked;
  readonly outcomes: readonly string[];
  readonly status: number;
  /** Between the first request and the second. */
  readonly leastMs?: number;
  /** Undefined: the cost of a part is not known, or there is none to tell. */
  readonly usd?: string;
}

// biome-ignore format: a table, one case a row
const CASES: readonly Case[] = [
  { name: 'asks for a second is left alone for it', does: limited({ 'retry-after': '1' }), asked: 'whole', outcomes: ['ok', 'rate_limited'], status: 200, leastMs: 1_000, usd: '0.0005' },
  { name: 'names the moment a second away is left alone until then', does: limited({ date: DATE, 'retry-after': DATE.replace(':00 GMT', ':01 GMT') }), asked: 'stream', outcomes: ['ok', 'rate_limited'], status: 200, leastMs: 1_000, usd: '0.0005' },
  { name: 'asks for longer than anybody waits is not asked again', does: limited({ 'retry-after': '30' }), asked: 'whole', outcomes: ['rate_limited'], status: 429 },
  { name: 'fails in passing is asked again', does: scriptOf('status_500', vendor, false), asked: 'whole', outcomes: ['ok', 'unavailable'], status: 200, usd: '0.0005' },
  { name: 'closes its connection is asked again at once', does: scriptOf('close_before_head', vendor, false), asked: 'whole', outcomes: ['connection', 'ok'], status: 200 },
  { name: 'breaks a stream before any output is asked again', does: scriptOf('reset_before_output', vendor, true), asked: 'stream', outcomes: ['connection', 'ok'], status: 200 },
  // An estimate: 31 tokens in by our own count, 5 out by the bytes that came.
  { name: 'breaks a stream within the answer is not asked again', does: scriptOf('reset_within_answer', vendor, true), asked: 'stream', outcomes: ['connection'], status: 200, usd: '0.001025' },
  { name: 'says that the request is malformed is not asked again', does: scriptOf('invalid_request', vendor, false), asked: 'whole', outcomes: ['invalid_request'], status: 400 },
];

describe('a vendor with a retry that', { timeout: 60_000 }, () => {
  let scene: Scene;
  before(async () => {
    scene = await startScene(vendor);
  });
  after(() => scene[Symbol.asyncDispose]());

  for (const { name, does, asked, outcomes, status, leastMs = 0, usd } of CASES) {
    it(`${name} (${asked})`, async () => {
      const askedAtMs: number[] = [];
      scene.behave((socket, request) => {
        askedAtMs.push(performance.now());
        (askedAtMs.length === 1 ? does : healthy(vendor))(socket, request);
      });
      const start = await scene.gateway.ledger();
      const received = await ask(scene.gateway.url, DOORS.openai, { plan: 'again', asked });
      assert.equal(received.status, status, received.text);
      assert.equal(received.text.includes('[DONE]'), asked === 'stream' && outcomes.includes('ok'));
      const ledger = between(start, await scene.gateway.ledger());
      assert.deepEqual(
        [...ledger.attempts.keys()].sort(),
        outcomes.map((outcome) => `first ${outcome}`),
      );
      assert.equal(ledger.retries, outcomes.length - 1);
      assert.equal(askedAtMs.length, outcomes.length);
      const [first = 0, second = first] = askedAtMs;
      // A timer of Node may fire up to a millisecond early.
      assert.ok(second - first >= leastMs - 1, `${second - first} ms`);
      const told = asked === 'stream' ? received.trailers : received.headers;
      assert.equal(told['x-turnpike-cost-usd'], usd);
    });
  }
});

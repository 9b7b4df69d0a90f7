/** A vendor with as many calls of ours as there may be connections: it did nothing wrong, and is not left for it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BOARD_DEFAULTS } from '../../src/reliability/board.ts';
import { ask, DOORS, open, type Received } from './doors.ts';
import { startGateway } from './gateway.ts';
import { healthy, scriptOf } from './misbehaviour.ts';
import { startUpstreams } from './upstreams.ts';
import { SPOKEN } from './vendors.ts';

const vendor = SPOKEN.compatible;
const CALLS = 2 * BOARD_DEFAULTS.breaker.consecutiveFailures;

describe('a vendor whose every connection is in use', { timeout: 60_000 }, () => {
  it('is passed by for as long, comes back with the first that is free, and its breaker stays closed', async () => {
    await using upstreams = await startUpstreams(vendor);
    const [first, second] = upstreams.providers;
    assert.ok(first !== undefined && second !== undefined);
    const gateway = await startGateway({ providers: [{ ...first, connections: 1 }, second] });
    const call = (plan: string): Promise<Received> =>
      ask(gateway.url, DOORS.openai, { plan, asked: 'whole', tags: { pace: 'connect' } });
    try {
      upstreams.behave(scriptOf('hang_within_answer', vendor, true));
      const long = await open(gateway.url, DOORS.openai, { plan: 'alone', asked: 'stream' });
      upstreams.behave(healthy(vendor));

      for (const { status, headers, text } of await Promise.all(Array.from({ length: CALLS }, () => call('pair')))) {
        assert.equal(status, 200, text);
        assert.deepEqual([headers['x-turnpike-target'], headers['x-turnpike-attempts']], ['second/model', '2']);
      }
      const { status, headers, text } = await call('alone');
      assert.deepEqual([status, headers['retry-after'], headers['x-should-retry']], [503, '1', 'true'], text);
      assert.match(text, /first\/model: no connection to 127\.0\.0\.1:\d+ was free within 150 ms: all 1 are in use/);
      assert.equal(upstreams.first.requests.length, 1, 'nobody else was let near it');
      assert.doesNotMatch(await gateway.metrics(), /turnpike_breaker\{[^}]*="open"\} 1/);

      const closed = upstreams.first.closed();
      long.destroy();
      await closed;
      const again = await call('pair');
      assert.deepEqual([again.status, again.headers['x-turnpike-target']], [200, 'first/model'], again.text);
    } finally {
      await gateway.close();
    }
  });
});

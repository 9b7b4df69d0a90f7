/** A vendor goes bad and comes back: its traffic moves away and back, and nobody touches anything. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BOARD_DEFAULTS } from '../../src/reliability/board.ts';
import { ask, DOORS, type Received } from './doors.ts';
import { healthy, scriptOf } from './misbehaviour.ts';
import { type Scene, startScene } from './upstreams.ts';
import { SPOKEN } from './vendors.ts';

const vendor = SPOKEN.compatible;
const COOLDOWN_MS = 300;
const { consecutiveFailures } = BOARD_DEFAULTS.breaker;
const EXECUTOR = { board: { ...BOARD_DEFAULTS, breaker: { ...BOARD_DEFAULTS.breaker, cooldownMs: COOLDOWN_MS } } };

describe('a vendor that goes bad', { timeout: 60_000 }, () => {
  let scene: Scene;
  before(async () => {
    scene = await startScene(vendor, { executor: EXECUTOR });
  });
  after(() => scene[Symbol.asyncDispose]());

  const call = (plan: string): Promise<Received> => ask(scene.gateway.url, DOORS.openai, { plan, asked: 'whole' });
  const target = ({ headers }: Received): unknown => headers['x-turnpike-target'];
  const breaker = async (): Promise<string | undefined> =>
    /turnpike_breaker\{gen_ai_provider_name="first",[^}]*turnpike_breaker_state="(\w+)"\} 1/.exec(
      await scene.gateway.metrics(),
    )?.[1];

  it('is tried, and left, by as many calls as open its breaker', async () => {
    scene.behave(scriptOf('status_500', vendor, false));
    for (let made = 0; made < consecutiveFailures; made += 1) {
      const received = await call('pair');
      assert.deepEqual([target(received), received.headers['x-turnpike-attempts']], ['second/model', '2']);
    }
    assert.equal(scene.first.requests.length, consecutiveFailures);
    assert.equal(await breaker(), 'open');
  });

  it('is then asked no more: policy sees it and routes elsewhere', async () => {
    const received = await call('pair');
    assert.deepEqual([target(received), received.headers['x-turnpike-attempts']], ['second/model', '1']);
    assert.equal(scene.first.requests.length, consecutiveFailures);
    assert.match(await scene.gateway.metrics(), /turnpike_decisions_total\{[^}]*reason="moved_away"[^}]*\} 1\n/);
  });

  it('fails a call at once that has nowhere else to go, and does not hear of it', async () => {
    const { status, headers, text } = await call('alone');
    assert.deepEqual([status, headers['x-turnpike-rule']], [502, 'routing.health'], text);
    assert.equal(scene.first.requests.length, consecutiveFailures);
  });

  it('is probed and taken back once it is well', async () => {
    scene.behave(healthy(vendor));
    // Bounded by the time-out of the suite.
    while (target(await call('pair')) !== 'first/model');
    while ((await breaker()) !== 'closed') assert.equal((await call('pair')).status, 200);
    const received = await call('pair');
    assert.deepEqual([target(received), received.headers['x-turnpike-attempts']], ['first/model', '1']);
  });
});

/** A slow first target gets a rival: who answers first serves the call, the other is cancelled and accounted for. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ask, DOORS } from './doors.ts';
import type { Asked } from './faults.ts';
import { between } from './ledger.ts';
import { scriptOf } from './misbehaviour.ts';
import { type Scene, startScene } from './upstreams.ts';
import { SPOKEN } from './vendors.ts';

const SECOND_NANO = 1_000_000;

interface Case {
  readonly vendor: keyof typeof SPOKEN;
  readonly asked: Asked;
  readonly does: 'hang_before_head' | 'hang_before_output';
  /** Nano-USD of the loser; undefined: nobody knows. */
  readonly lost: number | undefined;
}

// biome-ignore format: a table, one case a row
const CASES: readonly Case[] = [
  { vendor: 'compatible', asked: 'whole', does: 'hang_before_head', lost: undefined },
  { vendor: 'compatible', asked: 'stream', does: 'hang_before_output', lost: undefined },
  // Ten tokens in and one out were told before the output began.
  { vendor: 'anthropic', asked: 'stream', does: 'hang_before_output', lost: 300_000 },
];

for (const { vendor: kind, asked, does, lost } of CASES) {
  describe(`a hedged call (${asked}, ${kind})`, { timeout: 60_000 }, () => {
    const vendor = SPOKEN[kind];
    let scene: Scene;
    before(async () => {
      scene = await startScene(vendor);
    });
    after(() => scene[Symbol.asyncDispose]());

    it('is answered by the second target while the first is slow, and the first is cancelled', async () => {
      const { first, gateway } = scene;
      scene.behave(scriptOf(does, vendor, asked === 'stream'));
      const start = await gateway.ledger();
      const closed = first.closed();
      const { status, headers, trailers, text } = await ask(gateway.url, DOORS.openai, { plan: 'hedged', asked });
      await closed;
      assert.equal(status, 200, text);
      assert.equal(headers['x-turnpike-target'], 'second/model');
      const told = asked === 'stream' ? trailers : headers;
      assert.equal(told['x-turnpike-attempts'], '2');
      const usd = told['x-turnpike-cost-usd'];
      assert.equal(usd, lost === undefined ? undefined : String((SECOND_NANO + lost) / 1e9));
      const ledger = between(start, await gateway.ledger());
      assert.deepEqual([...ledger.attempts].sort(), [
        ['first cancelled', 1],
        ['second ok', 1],
      ]);
      assert.deepEqual([ledger.hedges, ledger.fallbacks, ledger.retries], [1, 0, 0]);
      assert.equal(ledger.costNano.get('second'), SECOND_NANO);
      assert.equal(ledger.costNano.get('first'), lost);
      assert.equal(ledger.unknown, lost === undefined ? 1 : 0);
    });
  });
}

/** What every provider does, whatever its vendor: the executor counts on it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamEvent } from '../../src/core/reply.ts';
import type { ProviderReply } from '../../src/executor/provider.ts';
import { collect, failureOf, streamOf, wholeOf } from '../support/model-requests.ts';

export const SITUATIONS = ['whole', 'stream', 'cut', 'limited', 'hang', 'endless', 'stalled'] as const;

/**
 * `whole`, `stream`: answers "Hello there". `cut`: the stream breaks behind some of it. `limited`: out of quota, come
 * back in 7 s. `hang`: no head ever. `endless`: a stream that goes on as fast as it is read. `stalled`: a stream that
 * begins and then says nothing.
 */
export type Situation = (typeof SITUATIONS)[number];

export interface ProviderDriver {
  readonly name: string;
  start(situation: Situation): Promise<RunningProvider>;
}

export interface RunningProvider extends AsyncDisposable {
  send(signal?: AbortSignal): Promise<ProviderReply>;
  /** Credentials that must never be shown. */
  readonly canaries: readonly string[];
  /** What the vendor sees; absent where there is none. */
  readonly vendor?: {
    /** Resolves when the request has arrived. */
    arrived(): Promise<void>;
    /** Resolves with the moment at which the connection is closed. */
    closed(): Promise<number>;
    /** Bytes of the answer that it could write. */
    written(): number;
  };
}

/** From giving up to the socket that closes at the vendor. */
const CANCELLED_WITHIN_MS = 100;

export function providerContract(driver: ProviderDriver): void {
  const contract = (name: string, situation: Situation, run: (running: RunningProvider) => Promise<void>): void => {
    test(`${driver.name}: ${name}`, { timeout: 20_000 }, async () => {
      await using running = await driver.start(situation);
      await run(running);
    });
  };

  contract('a whole answer comes with its usage', 'whole', async (running) => {
    const reply = wholeOf(await running.send(), 'generation');
    const text = reply.content.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    assert.match(text, /Hello there/);
    assert.equal(reply.finish, 'stop');
    assert.equal(reply.usage.kind, 'exact');
    assert.notEqual(reply.model, '');
  });

  contract(
    'a stream begins, says its text, its usage and its end, once each, and in order',
    'stream',
    async (running) => {
      const stream = streamOf(await running.send());
      const { events, text, raw, failure } = await collect(stream);
      assert.equal(failure, undefined);
      assert.equal(events[0]?.kind, 'start');
      assert.deepEqual(count(events, 'start'), 1);
      assert.deepEqual(count(events, 'finish'), 1);
      assert.ok(count(events, 'usage') > 0);
      assert.equal(events.at(-1)?.kind, 'end');
      const said = stream.rawProtocol === undefined ? text : raw;
      for (const word of ['Hello', ' there']) assert.ok(said.includes(word), said);
    },
  );

  contract('a stream that breaks is a failed connection without an end', 'cut', async (running) => {
    const { events, failure } = await collect(streamOf(await running.send()));
    assert.equal(failure?.outcome, 'connection');
    assert.equal(count(events, 'end'), 0);
    assert.equal(count(events, 'start'), 1, 'what came before is told');
  });

  contract('being out of quota says when to come back', 'limited', async (running) => {
    const failure = failureOf(await running.send());
    assert.equal(failure.outcome, 'rate_limited');
    assert.equal(failure.retryAfterMs, 7000);
    for (const canary of running.canaries) assert.ok(!JSON.stringify(failure).includes(canary), failure.message);
  });

  contract('a request that is given up before the head is cancelled at once', 'hang', async (running) => {
    const controller = new AbortController();
    const sent = running.send(controller.signal);
    await running.vendor?.arrived();
    const closed = running.vendor?.closed();
    const abortedAtMs = performance.now();
    controller.abort();
    assert.equal(failureOf(await sent).outcome, 'cancelled');
    assert.ok(((await closed) ?? performance.now()) - abortedAtMs < CANCELLED_WITHIN_MS);
  });

  contract('a stream that is aborted is closed at once', 'stalled', async (running) => {
    const controller = new AbortController();
    const stream = streamOf(await running.send(controller.signal));
    const began = Promise.withResolvers<void>();
    const ended = collect(stream, () => began.resolve());
    await began.promise;
    const closed = running.vendor?.closed();
    const abortedAtMs = performance.now();
    controller.abort();
    const { failure } = await ended;
    assert.equal(failure?.outcome, 'cancelled');
    assert.ok(((await closed) ?? performance.now()) - abortedAtMs < CANCELLED_WITHIN_MS);
  });

  contract(
    'a stream that is cancelled is closed at once, also from within what it tells',
    'endless',
    async (running) => {
      const stream = streamOf(await running.send());
      const closed = running.vendor?.closed();
      let heard = 0;
      const { failure } = await collect(stream, () => {
        heard += 1;
        if (heard === 3) stream.cancel();
      });
      assert.equal(failure?.outcome, 'cancelled');
      await closed;
    },
  );

  contract('a stream that nobody started can be cancelled', 'endless', async (running) => {
    const stream = streamOf(await running.send());
    const closed = running.vendor?.closed();
    stream.cancel();
    await closed;
    const { events, failure } = await collect(stream);
    assert.deepEqual([events, failure?.outcome], [[], 'cancelled']);
  });

  contract('a stream that nobody reads stops the vendor', 'endless', async (running) => {
    const stream = streamOf(await running.send());
    const held = await atRest(() => running.vendor?.written() ?? 0);
    assert.ok(held < MAX_IN_FLIGHT_BYTES, `${held} bytes`);
    stream.cancel();
  });

  contract('a paused stream tells nothing, stops the vendor, and goes on', 'endless', async (running) => {
    const stream = streamOf(await running.send());
    let heard = 0;
    let pausedAt = 0;
    let goneOn = false;
    const ended = collect(stream, ({ length }) => {
      heard = length;
      if (length >= 50 && pausedAt === 0) {
        pausedAt = length;
        stream.pause();
      } else if (goneOn && length > pausedAt + 1000) stream.cancel();
    });
    const written = await atRest(() => heard + (running.vendor?.written() ?? 0));
    assert.ok(written < MAX_IN_FLIGHT_BYTES, `${written} bytes`);
    const rest = heard;
    assert.ok(rest >= 50);
    goneOn = true;
    pausedAt = rest;
    stream.resume();
    assert.equal((await ended).failure?.outcome, 'cancelled');
    assert.ok(heard > rest);
  });
}

/** What the buffers of two sockets on this machine hold at most. */
const MAX_IN_FLIGHT_BYTES = 16 * 1024 * 1024;

const count = (events: readonly StreamEvent[], kind: StreamEvent['kind']): number =>
  events.filter((event) => event.kind === kind).length;

/** The value that stays the same for 30 turns of the timers; bounded. */
async function atRest(read: () => number): Promise<number> {
  let last = read();
  let same = 0;
  for (let turn = 0; turn < 5000 && same < 30; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  assert.equal(same, 30, 'it never came to rest');
  return last;
}

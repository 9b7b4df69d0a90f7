import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AllowDocument } from '../../src/core/decision.ts';
import { Failure } from '../../src/core/failure.ts';
import type { GenerationRequest } from '../../src/core/generation.ts';
import type { Funds, FundsAnswer, FundsRequest } from '../../src/executor/funds.ts';
import { BOARD_DEFAULTS } from '../../src/reliability/board.ts';
import type { FakeTime } from '../support/fake-time.ts';
import {
  type Act,
  fail,
  plan,
  REPLY,
  REQUEST,
  Reader,
  type Scene,
  START,
  STREAM,
  STREAMED,
  step,
  TAIL,
  text,
  world,
} from './scripted.ts';

/** A till with so much money. What a test wants to know is in `log`. */
class Till implements Funds {
  readonly log: string[] = [];
  readonly bounds: bigint[] = [];
  free: bigint;
  heldNow = 0n;
  out = 0;
  private readonly time: FakeTime | undefined;
  private readonly waitMs: number;

  constructor(free: bigint, wait?: { readonly time: FakeTime; readonly waitMs: number }) {
    this.free = free;
    this.time = wait?.time;
    this.waitMs = wait?.waitMs ?? 0;
  }

  hold(request: FundsRequest): FundsAnswer | Promise<FundsAnswer> {
    const { time } = this;
    if (time === undefined) return this.answer(request);
    return new Promise((resolve) => time.after(this.waitMs, () => resolve(this.answer(request))));
  }

  private answer({ target, boundNano = 0n }: FundsRequest): FundsAnswer {
    this.bounds.push(boundNano);
    if (boundNano > this.free) {
      this.log.push(`short ${target}`);
      return { kind: 'short', freeNano: this.free, failure: SHORT };
    }
    this.free -= boundNano;
    this.heldNow += boundNano;
    this.out += 1;
    this.log.push(`held ${target}`);
    const back = (costNano: bigint, how: string): void => {
      this.heldNow -= boundNano;
      this.out -= 1;
      this.free += boundNano - costNano;
      this.log.push(`${how} ${target} ${costNano}`);
    };
    return {
      kind: 'held',
      held: {
        settle: ({ cost }) => back(cost.kind === 'priced' ? cost.items.totalNano : 0n, 'settled'),
        release: () => back(0n, 'released'),
        extend: (moreNano) => {
          const fits = moreNano <= this.free;
          this.log.push(`${fits ? 'more' : 'no more'} ${target} ${moreNano}`);
          if (fits) this.free -= moreNano;
          return fits;
        },
      },
    };
  }
}

const SHORT = new Failure('budget_exhausted', 'budget "b" cannot bear it', { details: { budget: 'b' } });
/** Of 10 tokens in and 800 out; see PRICING. */
const BOUND = 1_620n;
const REPLIES: readonly Act[] = [{ kind: 'reply' }];

interface Case extends Scene {
  readonly name: string;
  readonly free: bigint;
  readonly plan?: AllowDocument;
  readonly log: readonly string[];
  readonly ends: string;
}

const small = { max_output_tokens: 20 };
const CASES: readonly Case[] = [
  {
    name: 'an attempt is held for, and settled with its cost',
    acts: { 'p/a': REPLIES },
    free: BOUND,
    log: ['held p/a', 'settled p/a 15'],
    ends: 'answered',
  },
  {
    name: 'what costs one more than is left is not asked',
    acts: { 'p/a': REPLIES },
    free: BOUND - 1n,
    log: ['short p/a'],
    ends: 'budget_exhausted',
  },
  {
    name: 'a cheaper target of the route may still be borne',
    acts: { 'p/a': REPLIES, 'q/b': REPLIES },
    plan: plan([step('p/a'), step('q/b', small)]),
    free: 100n,
    log: ['short p/a', 'held q/b', 'settled q/b 15'],
    ends: 'answered',
  },
  {
    name: 'where policy lets it, output is capped to what is left',
    acts: { 'p/a': REPLIES },
    plan: plan([step('p/a')], { hold: { clamp: true } }),
    free: 220n,
    log: ['short p/a', 'held p/a', 'settled p/a 15'],
    ends: 'answered capped at 100',
  },
  {
    name: 'an answer of a few words is not worth it',
    acts: { 'p/a': REPLIES },
    plan: plan([step('p/a')], { hold: { clamp: true } }),
    free: 50n,
    log: ['short p/a'],
    ends: 'budget_exhausted',
  },
  {
    name: 'every attempt is held for by itself, when the one before was settled',
    acts: { 'p/a': [fail('unavailable')], 'q/b': REPLIES },
    free: BOUND,
    log: ['held p/a', 'settled p/a 0', 'held q/b', 'settled q/b 15'],
    ends: 'answered',
  },
  {
    name: 'a target that is full gives its money back',
    acts: { 'p/a': REPLIES, 'q/b': REPLIES },
    options: { board: { ...BOARD_DEFAULTS, concurrency: 0 } },
    free: BOUND,
    log: ['held p/a', 'released p/a 0', 'held q/b', 'released q/b 0'],
    ends: 'overloaded',
  },
  {
    name: 'policy is asked once more with what is left, and its answer followed',
    acts: { 'p/a': REPLIES, 'q/b': REPLIES },
    plan: plan([step('p/a')]),
    again: [plan([step('q/b', small)])],
    free: 100n,
    log: ['short p/a', 'held q/b', 'settled q/b 15'],
    ends: 'answered',
  },
  {
    name: 'policy is asked once, not for ever',
    acts: { 'p/a': REPLIES },
    again: [plan([step('p/a')]), plan([step('p/a')]), plan([step('p/a')])],
    free: 1n,
    log: ['short p/a', 'short p/a'],
    ends: 'budget_exhausted',
  },
];

describe('money of a call', () => {
  for (const { name, free, plan: made, log, ends, ...scene } of CASES) {
    test(name, async () => {
      const till = new Till(free);
      const stage = world(scene);
      const execution = await stage.run(
        stage.order({ funds: till, ...(made === undefined ? undefined : { plan: made }) }),
      );
      const cap = stage.calls[0]?.maxOutputTokens;
      const told = {
        answered: ends.includes('capped') ? `answered capped at ${cap}` : 'answered',
        streaming: 'streaming',
        failed: execution.kind === 'failed' ? execution.failure.code : '',
      };
      assert.equal(told[execution.kind], ends);
      assert.deepEqual(till.log, log);
      assert.equal(till.heldNow, 0n);
    });
  }

  /** `p/a` reads prompts of 5,000 tokens; of `p/b` the catalogue says nothing. An answer has 800 at most. */
  const UNSEEN: readonly [name: string, target: string, more: Partial<GenerationRequest>, bound: bigint][] = [
    ['what is all in the request', 'p/a', {}, BOUND],
    ['a conversation that the vendor keeps', 'p/a', { unkept: ['previous_response_id'] }, 2n * (5_000n + 800n)],
    ['one, at a target that nobody knows', 'p/b', { unkept: ['previous_response_id'] }, BOUND],
    ['a prediction', 'p/a', { unkept: ['prediction'], body: { prediction: 'x'.repeat(46) } }, BOUND + 200n],
  ];
  for (const [name, target, more, bound] of UNSEEN) {
    test(`is held for the most that it may cost: ${name}`, async () => {
      const stage = world({ acts: { [target]: REPLIES } });
      const till = new Till(100_000n);
      await stage.run(stage.order({ funds: till, request: { ...REQUEST, ...more } }));
      assert.deepEqual(till.bounds, [bound]);
    });
  }

  test('a refusal names the budget', async () => {
    const stage = world({ acts: { 'p/a': REPLIES } });
    const execution = await stage.run(stage.order({ funds: new Till(0n) }));
    assert.equal(execution.kind, 'failed');
    assert.equal(execution.kind === 'failed' && execution.failure.details.budget, 'b');
  });

  test('who leaves while money is waited for is asked of nobody, and gets it back', async () => {
    const stage = world({ acts: { 'p/a': REPLIES } });
    const till = new Till(BOUND, { time: stage.time, waitMs: 500 });
    stage.time.after(100, () => stage.client.abort());
    const execution = await stage.run(stage.order({ funds: till }));
    assert.equal(execution.kind === 'failed' && execution.failure.code, 'cancelled');
    assert.deepEqual([stage.asked, till.log], [[], ['held p/a', 'released p/a 0']]);
  });

  test('a hedge whose money comes when the race is over is not made', async () => {
    const acts: Scene['acts'] = { 'p/a': [{ kind: 'reply', afterMs: 1_000 }], 'q/b': REPLIES };
    const stage = world({ acts });
    const made = plan([step('p/a'), step('q/b')], { hedge: { after_ms: 900 } });
    const till = new Till(10n * BOUND, { time: stage.time, waitMs: 300 });
    await stage.run(stage.order({ funds: till, plan: made }));
    await stage.time.advance(5_000);
    assert.deepEqual(stage.asked, ['p/a', 'q/b'].slice(0, stage.asked.length));
    assert.equal(till.out, 0);
  });

  test('of a stream it is settled behind its end', async () => {
    const stage = world({ acts: { 'p/a': [STREAM] } });
    const till = new Till(BOUND);
    const execution = await stage.run(stage.order({ funds: till, request: STREAMED }));
    assert.equal(execution.kind, 'streaming');
    const reader = new Reader();
    if (execution.kind === 'streaming') execution.stream.start(reader);
    await stage.time.advance(1_000);
    assert.deepEqual(till.log, ['held p/a', 'settled p/a 15']);
  });
});

/** What the cap lets through is 10 tokens, of 4 characters each, and as many again. */
const LONG: Act = {
  kind: 'stream',
  pieces: [
    { events: [START] },
    ...Array.from({ length: 6 }, () => ({ events: [text('x'.repeat(40))] })),
    { events: TAIL },
  ],
};
const outruns: readonly [name: string, free: bigint, log: readonly string[], code: string | undefined][] = [
  ['is paid for piece by piece', 200n, ['held p/a', ...Array(4).fill('more p/a 20'), 'settled p/a 15'], undefined],
  ['is ended where nobody pays', 70n, ['held p/a', 'more p/a 20', 'no more p/a 20', 'settled p/a 50'], 'unpaid'],
];
for (const [name, free, log, ending] of outruns) {
  test(`a stream that goes on beyond its cap ${name}`, async () => {
    const stage = world({ acts: { 'p/a': [LONG] } });
    const till = new Till(free);
    const made = plan([step('p/a', { max_output_tokens: 10 })]);
    const execution = await stage.run(stage.order({ funds: till, plan: made, request: STREAMED }));
    assert.equal(execution.kind, 'streaming');
    const reader = new Reader();
    if (execution.kind === 'streaming') execution.stream.start(reader);
    await stage.time.advance(1_000);
    assert.deepEqual(till.log, log);
    assert.equal(stage.told[0]?.failure?.unpaid === true ? 'unpaid' : undefined, ending);
  });
}

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('reply' as const), afterMs: fc.nat(3_000) }),
  fc.constantFrom<Act>(fail('unavailable'), fail('rate_limited'), fail('timeout'), { kind: 'hang' }),
  fc.constant<Act>({ kind: 'reply', reply: { ...REPLY, content: [] } }),
);

test('whatever happens, nothing stays held, and no more was ever held than there was', async () => {
  const scene = fc.record({
    scripts: fc.array(fc.array(act, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    free: fc.integer({ min: 0, max: 6_000 }),
    waitMs: fc.option(fc.nat(2_000), { nil: undefined }),
    hedgeMs: fc.option(fc.integer({ min: 1, max: 1_500 }), { nil: undefined }),
    leavesMs: fc.option(fc.nat(4_000), { nil: undefined }),
    clamp: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(scene, async ({ scripts, free, waitMs, hedgeMs, leavesMs, clamp }) => {
      const targets = ['p/a', 'q/b', 'r/c'].slice(0, scripts.length);
      const stage = world({ acts: Object.fromEntries(targets.map((target, at) => [target, scripts[at] ?? []])) });
      const till = new Till(BigInt(free), waitMs === undefined ? undefined : { time: stage.time, waitMs });
      const made = plan(
        targets.map((target) => step(target, { retries: 1 })),
        { hold: { clamp }, ...(hedgeMs === undefined ? undefined : { hedge: { after_ms: hedgeMs } }) },
      );
      if (leavesMs !== undefined) stage.time.after(leavesMs, () => stage.client.abort());
      await stage.run(stage.order({ funds: till, plan: made }));
      await stage.time.advance(120_000);
      assert.equal(till.heldNow, 0n);
      assert.equal(till.out, 0);
      assert.ok(till.free >= 0n);
      // Each attempt that was made was held for.
      assert.equal(till.log.filter((line) => line.startsWith('settled')).length, stage.asked.length);
    }),
    { numRuns: 300 },
  );
});

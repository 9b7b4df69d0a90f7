/** Every row of the table, asked by each client of each kind of vendor, with a second target and without. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Ask, ask, DOORS, type Door, openAiCode, type Received } from './doors.ts';
import { type Asked, type Charged, FAULTS, type Fault, type Seen } from './faults.ts';
import { CANARY, type Gateway, startGateway } from './gateway.ts';
import { between, type Ledger } from './ledger.ts';
import { isUnreachable, scriptOf } from './misbehaviour.ts';
import { startUnreachable, startUpstreams, type UnreachableOnes, type Upstreams } from './upstreams.ts';
import { SPOKEN, type Spoken } from './vendors.ts';

/** Of a healthy answer, in nano-USD. */
const FIRST_NANO = 500_000;
const SECOND_NANO = 1_000_000;
const EXECUTOR = {
  // Breakers have tests of their own; here each call finds its targets as they were.
  board: {
    breaker: {
      windowMs: 30_000,
      buckets: 10,
      failureRatio: 1,
      minimumCalls: 1_000_000,
      consecutiveFailures: 1_000_000,
      cooldownMs: 1,
      maxCooldownMs: 1,
      probes: 1,
    },
    health: { windowMs: 60_000, buckets: 12, samples: 64, qualityWeight: 0.1, qualityHalfLifeMs: 300_000 },
    concurrency: 64,
    keys: 64,
    nominal: { errorRate: 1, calls: 1_000_000, firstMs: 1_000_000, quality: 0 },
    factsAgeMs: 0,
  },
  throughput: { windowMs: 250, units: 10_000 },
} as const;

const RUNS: readonly { readonly door: Door; readonly vendor: Spoken }[] = [
  { door: DOORS.openai, vendor: SPOKEN.compatible },
  { door: DOORS.anthropic, vendor: SPOKEN.anthropic },
  { door: DOORS.anthropic, vendor: SPOKEN.compatible },
  { door: DOORS.openai, vendor: SPOKEN.anthropic },
  { door: DOORS.responses, vendor: SPOKEN.openai },
  { door: DOORS.responses, vendor: SPOKEN.compatible },
];

/** Each run has a gateway of its own, and mostly waits. */
describe('a call', { concurrency: true, timeout: 120_000 }, () => {
  for (const { door, vendor } of RUNS) {
    describe(`of the ${door.name} client, before a vendor of kind ${vendor.kind} that`, { concurrency: 1 }, () => {
      let upstreams: Upstreams;
      let unreachable: UnreachableOnes;
      let gateway: Gateway;
      before(async () => {
        upstreams = await startUpstreams(vendor);
        unreachable = await startUnreachable(vendor);
        gateway = await startGateway({
          providers: [...upstreams.providers, ...unreachable.providers],
          executor: EXECUTOR,
        });
      });
      after(async () => {
        const [request] = upstreams.first.requests;
        assert.ok(request?.headers[vendor.keyHeader]?.includes(CANARY), 'the vendor never saw the key');
        await gateway.close();
        await upstreams[Symbol.asyncDispose]();
        await unreachable[Symbol.asyncDispose]();
      });

      async function counted(call: () => Promise<void>): Promise<Ledger> {
        const start = await gateway.ledger();
        await call();
        return between(start, await gateway.ledger());
      }

      for (const { fault, asked } of casesOf(door)) {
        const { does } = fault;
        const first = isUnreachable(does) ? does : 'first';
        const askFor = (plan: string): Ask => ({
          plan,
          asked,
          tags: { pace: fault.pace ?? 'patient', ...(isUnreachable(does) ? { first: does } : {}) },
        });
        const misbehave = (): void => {
          if (!isUnreachable(does)) upstreams.behave(scriptOf(does, vendor, asked === 'stream'));
        };
        const charged = (vendor.kind === 'anthropic' ? fault.chargedByAnthropic : undefined) ?? fault.charged;

        it(`${fault.name} (${asked}), and nobody else`, async () => {
          misbehave();
          const call = askFor('alone');
          const ledger = await counted(() => checkSeen(fault.alone, gateway.url, door, call, { first, charged }));
          assert.deepEqual([...ledger.attempts], [[`${first} ${fault.outcome}`, 1]]);
          checkCharged(ledger, first, charged, 0);
        });

        it(`${fault.name} (${asked}), and a healthy one`, async () => {
          misbehave();
          const call = askFor('pair');
          if (!fault.movesOn) {
            const ledger = await counted(() => checkSeen(fault.alone, gateway.url, door, call, { first, charged }));
            assert.deepEqual([...ledger.attempts], [[`${first} ${fault.outcome}`, 1]]);
            return;
          }
          const ledger = await counted(async () => {
            const received = await ask(gateway.url, door, call);
            checkAnswer(received, door, asked, 'second/model', 2);
            assert.match(received.text, /ok/);
            const cost = totalOf(charged, SECOND_NANO);
            if (cost !== 'more') assert.equal(costOf(received, asked), cost);
          });
          const attempts = [`${first} ${fault.outcome}`, 'second ok'];
          assert.deepEqual([...ledger.attempts.keys()].sort(), attempts.sort());
          assert.equal(ledger.fallbacks, 1);
          assert.equal(ledger.retries + ledger.hedges, 0);
          checkCharged(ledger, first, charged, SECOND_NANO);
        });
      }
    });
  }
});

function casesOf(door: Door): readonly { readonly fault: Fault; readonly asked: Asked }[] {
  return FAULTS.filter((fault) => fault.door === undefined || door.name !== 'anthropic').flatMap((fault) =>
    fault.asked.map((asked) => ({ fault, asked })),
  );
}

interface Made {
  readonly first: string;
  readonly charged: Charged;
}

async function checkSeen(seen: Seen, url: string, door: Door, call: Ask, { first, charged }: Made): Promise<void> {
  switch (seen.kind) {
    case 'error': {
      const error = await door.thrownBy(url, call);
      const [name, type] = door.errors[seen.status] ?? [];
      assert.deepEqual([error.name, error.status, error.type, error.code], [name, seen.status, type, seen.code]);
      assert.equal(error.retryAfter, seen.retryAfterS === undefined ? null : String(seen.retryAfterS));
      assert.ok(!error.text.includes(CANARY), error.text);
      assert.match(error.text, new RegExp(`"x-turnpike-target","${first}/model"`));
      assert.match(error.text, /"x-turnpike-attempts","1"/);
      return;
    }
    case 'cut': {
      const received = await ask(url, door, call);
      assert.equal(received.status, 200);
      assert.match(received.text, /Half an/);
      assert.match(received.text, door.errorEvent);
      assert.match(received.text, new RegExp(`"error_code":"${seen.code}"`));
      assert.match(received.text, new RegExp(`"code":"${openAiCode(seen.code)}"|event: error`));
      assert.ok(received.text.includes(seen.says ?? ''), received.text);
      assert.ok(!received.text.includes(door.successMarker), received.text);
      assert.doesNotMatch(received.text, /"finish_reason":"|"stop_reason":"/);
      checkSecrecy(received);
      return;
    }
    case 'answer': {
      const received = await ask(url, door, call);
      checkAnswer(received, door, call.asked, `${first}/model`, 1);
      assert.equal(costOf(received, call.asked), totalOf(charged, 0));
      return;
    }
  }
}

function checkAnswer(received: Received, door: Door, asked: Asked, target: string, attempts: number): void {
  assert.equal(received.status, 200, received.text);
  assert.equal(received.headers['x-turnpike-target'], target);
  assert.equal(told(received, asked, 'x-turnpike-attempts'), String(attempts));
  assert.equal(received.text.includes(door.successMarker), asked === 'stream', received.text);
  assert.doesNotMatch(received.text, door.errorEvent);
  checkSecrecy(received);
}

function checkSecrecy({ headers, trailers, text }: Received): void {
  assert.ok(!JSON.stringify([headers, trailers, text]).includes(CANARY), 'the key reached the client');
}

/** Of a stream, what is only known at its end comes behind it. */
const told = ({ headers, trailers }: Received, asked: Asked, name: string): unknown =>
  asked === 'stream' ? trailers[name] : headers[name];

/** Nano-USD; undefined: nobody knows. */
function costOf(received: Received, asked: Asked): number | undefined {
  const usd = told(received, asked, 'x-turnpike-cost-usd');
  return usd === undefined ? undefined : Math.round(Number(usd) * 1e9);
}

/** What the client is told that the call cost; `more`: an estimate stands beside what is exact. */
function totalOf(charged: Charged, secondNano: number): number | undefined | 'more' {
  switch (charged) {
    case 'nothing':
      return secondNano;
    case 'exact':
      return FIRST_NANO + secondNano;
    case 'estimated':
      return 'more';
    case 'unknown':
      return undefined;
  }
}

function checkCharged(ledger: Ledger, first: string, charged: Charged, secondNano: number): void {
  assert.equal(ledger.costNano.get('second') ?? 0, secondNano);
  assert.equal(ledger.unknown, charged === 'unknown' ? 1 : 0);
  const nano = ledger.costNano.get(first) ?? 0;
  switch (charged) {
    case 'nothing':
    case 'unknown':
      assert.equal(nano, 0);
      return;
    case 'exact':
      assert.equal(nano, FIRST_NANO);
      return;
    case 'estimated':
      // Ten tokens of input and one of output at least; at most some sixty in, and out the hundred that are allowed.
      assert.ok(nano >= 300_000 && nano <= 6_500_000, String(nano));
      return;
  }
}

// needs: redis
/** Reports that come to any replica, with accounts in a real Redis: also while it is away, and when it comes back empty. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { HoldRequest } from '../../src/core/account.ts';
import { Failure } from '../../src/core/failure.ts';
import type { HoldOptions } from '../../src/flows/accounts.ts';
import type { HeldDecision, ReportClaim } from '../../src/flows/held-decisions.ts';
import { createAwayAccounts } from '../../src/state/accounts/away.ts';
import { openRedisAccounts, type RedisAccountsOptions } from '../../src/state/redis/open.ts';
import type { Process } from '../contract/held-decisions-driver.ts';
import { type RunningRedis, startRedis } from '../services/redis.ts';
import { redisHeldDecisions } from '../state/redis/held-decisions-driver.ts';
import { untilAnswered } from '../state/redis/until-answered.ts';
import { countingRandom, setClock } from '../support/clock.ts';
import { fakeTime } from '../support/fake-time.ts';
import { COST_NANO, type DecidingProcess, decidingProcess, sharedLedger, TEAM } from './deciding-process.ts';
import { reportsAnywhere } from './reports-anywhere.ts';

let redis: RunningRedis;
before(async () => {
  redis = await startRedis();
});
after(() => redis.clean());

reportsAnywhere(redisHeldDecisions('redis', () => redis.url));

const NEW = { duplicate: false, matched: true };

describe('reports while redis is away', () => {
  const opened: Process[] = [];
  after(async () => {
    for (const { accounts } of opened) await accounts.close();
  });
  let fences = 0;
  const fence = (): string => `fence-${fences++}`;
  const open = async (keyPrefix: string, more: Partial<RedisAccountsOptions> = {}): Promise<Process> => {
    const warn = (): void => undefined;
    const onLost = async (): Promise<ReadonlyMap<string, bigint>> => new Map();
    const found = await openRedisAccounts({ url: redis.url, keyPrefix, fence, warn, onLost, ...more });
    const time = fakeTime();
    const accounts = createAwayAccounts(found, { clock: time, timers: time, fence, warn });
    const process = { accounts, decisions: found.decisions };
    opened.push(process);
    return process;
  };
  const replicas = async (keyPrefix: string) => {
    const ledger = sharedLedger();
    const clock = setClock(Date.now());
    const [one, other] = [await open(keyPrefix), await open(keyPrefix)];
    const random = countingRandom();
    const of = (process: Process): DecidingProcess => decidingProcess(process, { ledger, clock, random });
    return { ledger, one, other, here: of(one), there: of(other) };
  };
  const balance = async ({ accounts }: Process): Promise<readonly (bigint | undefined)[]> => {
    const [found] = await untilAnswered(async () => accounts.balances([TEAM]));
    return [found?.settledNano, found?.heldNano];
  };
  const isUnavailable = (reason: unknown): boolean => reason instanceof Failure && reason.code === 'unavailable';

  it('are written and owed where the decision is known, and its hold is left to its lease', async () => {
    const { ledger, one, here, there } = await replicas('known');
    const id = await here.decide();
    const [, held = 0n] = await balance(one);
    await redis.kill();
    assert.deepEqual(await here.report(id, 'r1'), NEW);
    assert.deepEqual(
      ledger.entries.map(({ accounts, chargedNano }) => [accounts, chargedNano]),
      [[[TEAM.key], COST_NANO]],
    );
    await redis.start();
    // What is owed is paid before anything more is held.
    const next = await untilAnswered(() => here.decide());
    assert.deepEqual(await balance(one), [COST_NANO, 2n * held]);
    // Where it is told again somewhere else, that is known there; another one settles the hold.
    await here.report(next, 'of the next');
    const again = await untilAnswered(() => there.report(id, 'r1'));
    assert.deepEqual(again, { duplicate: true, matched: true });
    assert.deepEqual(await balance(one), [2n * COST_NANO, held]);
    assert.deepEqual(await there.report(id, 'r2'), NEW);
    assert.deepEqual(await balance(one), [3n * COST_NANO, 0n]);
  });

  it('are not taken where it is not known, and are charged when they are told again', async () => {
    const { ledger, one, here, there } = await replicas('unknown');
    const id = await here.decide();
    await redis.kill();
    await assert.rejects(there.report(id, 'r1'), isUnavailable);
    assert.equal(ledger.entries.length, 0);
    assert.match(there.warnings.join('\n'), /report r1: nobody can say now what its decision holds/);
    await redis.start();
    assert.deepEqual(await untilAnswered(() => there.report(id, 'r1')), NEW);
    assert.deepEqual(await balance(one), [COST_NANO, 0n]);
  });

  it('are known again where redis came back with nothing', async () => {
    const { one, here, there } = await replicas('emptied');
    const id = await here.decide();
    await redis.kill();
    redis.empty();
    await redis.start();
    assert.deepEqual(await untilAnswered(() => there.report(id, 'r1')), NEW);
    assert.deepEqual(await balance(one), [COST_NANO, 0n]);
  });

  it('settle what was held meanwhile, where it was held', async () => {
    const { one, other } = await replicas('meanwhile');
    const options: HoldOptions = { away: { kind: 'allowance', nano: 5n }, decision: HELD };
    await redis.kill();
    const result = await one.accounts.hold(HOLD, options);
    assert.ok(result.kind === 'held');
    one.decisions.remember(HELD, result.fence);
    await redis.start();
    await balance(one);
    await balance(other);
    assert.deepEqual(await untilAnswered(async () => other.decisions.claim(CLAIM)), { kind: 'unknown' });
    const { fence } = result;
    const claimed = { kind: 'claimed', held: HELD, fence, index: 0, settlesHold: true, standing: 'new' };
    assert.deepEqual(await one.decisions.claim(CLAIM), claimed);
  });

  it('are told of to a redis that was lost, when its state is whole again', async () => {
    let isLedgerAway = false;
    let failed: () => void = () => undefined;
    const hasFailed = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const onLost = async (): Promise<ReadonlyMap<string, bigint>> => {
      if (!isLedgerAway) return new Map();
      failed();
      throw new Failure('unavailable', 'the ledger is away');
    };
    const one = await open('lost', { onLost, recoverMs: 0 });
    // It leaves that to the first.
    const other = await open('lost', { onLost: () => Promise.reject(new Failure('unavailable', 'no ledger')) });
    const result = await one.accounts.hold(HOLD, { decision: HELD });
    assert.ok(result.kind === 'held');
    one.decisions.remember(HELD, result.fence);
    await redis.kill();
    await one.decisions.claim(CLAIM);
    redis.empty();
    isLedgerAway = true;
    await redis.start();
    await hasFailed;
    isLedgerAway = false;
    await untilAnswered(async () => one.accounts.hold({ ...HOLD, id: 'another' }));
    await one.decisions.claim({ ...CLAIM, reportId: 'r2' });
    const again = await untilAnswered(async () => other.decisions.claim(CLAIM));
    assert.ok(again.kind === 'claimed' && again.standing === 'again' && !again.settlesHold);
  });
});

const HELD: HeldDecision = {
  id: 'd',
  holdId: 'd/1',
  accounts: [TEAM],
  boundNano: 5n,
  policy: { revision: '', digest: '' },
  operation: 'chat',
  attribution: { team: 'search', application: '', environment: '' },
};
const HOLD: HoldRequest = {
  id: HELD.holdId,
  amountNano: 5n,
  accounts: [TEAM],
  rates: [],
  slots: [],
  leaseMs: 60_000,
};
const CLAIM: ReportClaim = { decisionId: HELD.id, reportId: 'r1', content: '', team: 'search' };

/** Where reports may come in one process, and among the workers of a cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import type { Clock } from '../../src/engine/clock.ts';
import type { HeldDecisions } from '../../src/flows/held-decisions.ts';
import { createAccountsKeeper } from '../../src/state/accounts/linked-keeper.ts';
import { createMemoryAccounts, type MemoryAccounts } from '../../src/state/accounts/memory.ts';
import { createMemoryHeldDecisions } from '../../src/state/decisions/memory.ts';
import { START_MS } from '../contract/accounts-driver.ts';
import { accountsOf } from '../contract/accounts-linked-driver.ts';
import { IN_MEMORY, OF_WORKERS, type Process } from '../contract/held-decisions-driver.ts';
import { countingRandom, setClock } from '../support/clock.ts';
import { linkedWorkers } from '../support/linked-workers.ts';
import { COST_NANO, decidingProcess, sharedLedger, TEAM } from './deciding-process.ts';
import { reportsAnywhere } from './reports-anywhere.ts';

reportsAnywhere(IN_MEMORY);
reportsAnywhere(OF_WORKERS);

interface Kept {
  readonly clock: Clock;
  /** They forget a settlement with the next but one. */
  readonly accounts: MemoryAccounts;
}

function kept(): Kept {
  const clock = setClock(START_MS);
  let fences = 0;
  return { clock, accounts: createMemoryAccounts({ clock, fence: () => `fence-${fences++}`, leastSettled: 1 }) };
}

function processes({ clock, accounts }: Kept, here: Process, there: Process = here) {
  const surroundings = { ledger: sharedLedger(), clock, random: countingRandom() };
  const balance = () => accounts.balances([TEAM])[0];
  return { here: decidingProcess(here, surroundings), there: decidingProcess(there, surroundings), balance };
}

function alone(decisions: HeldDecisions = createMemoryHeldDecisions()) {
  const store = kept();
  return processes(store, { accounts: store.accounts, decisions });
}

async function workers() {
  const store = kept();
  const { links } = await linkedWorkers(2, new Map([['accounts', createAccountsKeeper(store.accounts)]]));
  const [here, there] = links.map(accountsOf).map((accounts): Process => ({ accounts, decisions: accounts.decisions }));
  if (here === undefined || there === undefined) throw new Error('two workers were asked for');
  return processes(store, here, there);
}

for (const [among, open] of [
  ['in one process', async () => alone()],
  ['among workers', workers],
] as const) {
  test(`a report that comes again when the accounts have forgotten its hold charges nothing, ${among}`, async () => {
    const { here, there, balance } = await open();
    const ids: string[] = [];
    for (let made = 0; made < 4; made += 1) ids.push(await here.decide());
    for (const id of ids) await here.report(id, `of ${id}`);
    for (const id of ids) await there.report(id, `of ${id}`);
    assert.deepEqual(balance(), { key: TEAM.key, settledNano: 4n * COST_NANO, heldNano: 0n });
  });
}

test('where nobody can say what is held, a report is taken by whoever made the decision alone', async () => {
  const { here, there } = alone({
    remember: () => undefined,
    claim: () => Promise.reject(new Failure('unavailable', 'nobody is there')),
    settled: () => undefined,
  });
  const id = await here.decide();
  assert.deepEqual(await here.report(id, 'r1'), { duplicate: false, matched: true });
  const refused = (reason: unknown): boolean => reason instanceof Failure && reason.code === 'unavailable';
  // It is not taken for one that was recorded when it comes again.
  for (let times = 0; times < 2; times += 1) await assert.rejects(there.report(id, 'r1'), refused);
  assert.equal(there.warnings.length, 2);
});

test('so many decisions are remembered, and of one more the oldest is forgotten', async () => {
  const { here, there, balance } = alone(createMemoryHeldDecisions({ most: 2 }));
  const ids: string[] = [];
  for (let made = 0; made < 3; made += 1) ids.push(await here.decide());
  const matched: boolean[] = [];
  for (const id of ids) matched.push((await there.report(id, `of ${id}`)).matched);
  assert.deepEqual(matched, [false, true, true]);
  assert.equal(balance()?.settledNano, 2n * COST_NANO);
});

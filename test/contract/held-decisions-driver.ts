/** What the contract of HeldDecisions needs of an implementation: two replicas that share accounts and decisions. */

import type { Accounts } from '../../src/flows/accounts.ts';
import type { HeldDecisions } from '../../src/flows/held-decisions.ts';
import { createAccountsKeeper } from '../../src/state/accounts/linked-keeper.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { createMemoryDecisions } from '../../src/state/decisions/memory.ts';
import { setClock } from '../support/clock.ts';
import { linkedWorkers } from '../support/linked-workers.ts';
import { START_MS } from './accounts-driver.ts';
import { accountsOf } from './accounts-linked-driver.ts';

export interface Replica {
  readonly accounts: Accounts;
  readonly decisions: HeldDecisions;
}

export interface OpenReplicas {
  readonly first: Replica;
  readonly second: Replica;
  /** The time of the accounts: starts at `START_MS` and stands still until it is moved. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export interface HeldDecisionsDriver {
  readonly name: string;
  open(): Promise<OpenReplicas>;
}

function kept() {
  const clock = setClock(START_MS);
  let fences = 0;
  const accounts = createMemoryAccounts({ clock, fence: () => `fence-${fences++}` });
  return { accounts, decisions: createMemoryDecisions(), advance: (ms: number) => clock.setMs(clock.nowMs() + ms) };
}

export const MEMORY: HeldDecisionsDriver = {
  name: 'one process',
  async open() {
    const { advance, ...both } = kept();
    return { first: both, second: both, advance, close: () => both.accounts.close() };
  },
};

export const LINKED: HeldDecisionsDriver = {
  name: 'workers of a cluster',
  async open() {
    const { accounts, decisions, advance } = kept();
    const { links } = await linkedWorkers(2, new Map([['accounts', createAccountsKeeper(accounts, decisions)]]));
    const [first, second] = links.map(accountsOf).map((one): Replica => ({ accounts: one, decisions: one.decisions }));
    if (first === undefined || second === undefined) throw new Error('two workers were asked for');
    return { first, second, advance, close: () => accounts.close() };
  },
};

/** What the contract of HeldDecisions needs of an implementation: the accounts that it belongs to, as two processes see them. */

import type { Link } from '../../src/cluster/link.ts';
import type { Accounts } from '../../src/flows/accounts.ts';
import type { HeldDecisions } from '../../src/flows/held-decisions.ts';
import { createAccountsKeeper } from '../../src/state/accounts/linked-keeper.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { createMemoryHeldDecisions } from '../../src/state/decisions/memory.ts';
import { setClock } from '../support/clock.ts';
import { linkedWorkers } from '../support/linked-workers.ts';
import { START_MS } from './accounts-driver.ts';
import { accountsOf } from './accounts-linked-driver.ts';

export interface HeldDecisionsDriver {
  readonly name: string;
  /** A store of its own, empty. */
  open(): Promise<OpenHeldDecisions>;
}

export interface OpenHeldDecisions {
  readonly here: Process;
  /** Another process that spends from the same accounts; the same one, where there cannot be another. */
  readonly there: Process;
  /** The time of the accounts: starts at `START_MS` and stands still until it is moved. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export interface Process {
  readonly accounts: Accounts;
  readonly decisions: HeldDecisions;
}

export const IN_MEMORY: HeldDecisionsDriver = {
  name: 'memory',
  async open() {
    const clock = setClock(START_MS);
    const accounts = createMemoryAccounts({ clock, fence: counted() });
    const only = { accounts, decisions: createMemoryHeldDecisions() };
    const advance = (ms: number): void => clock.setMs(clock.nowMs() + ms);
    return { here: only, there: only, advance, close: () => accounts.close() };
  },
};

export const OF_WORKERS: HeldDecisionsDriver = {
  name: 'workers of a cluster',
  async open() {
    const clock = setClock(START_MS);
    const kept = createMemoryAccounts({ clock, fence: counted() });
    const { links } = await linkedWorkers(2, new Map([['accounts', createAccountsKeeper(kept)]]));
    const [here, there] = links.map(processOf);
    if (here === undefined || there === undefined) throw new Error('two workers were asked for');
    return { here, there, advance: (ms) => clock.setMs(clock.nowMs() + ms), close: () => kept.close() };
  },
};

function processOf(link: Link): Process {
  const accounts = accountsOf(link);
  return { accounts, decisions: accounts.decisions };
}

function counted(): () => string {
  let fences = 0;
  return () => `fence-${fences++}`;
}

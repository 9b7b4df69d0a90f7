/** Accounts of two workers of a cluster, kept by their primary, as the contract and the model drive them. */
import type { Link } from '../../src/cluster/link.ts';
import { createLinkedAccounts, type LinkedAccounts } from '../../src/state/accounts/linked.ts';
import { createAccountsKeeper } from '../../src/state/accounts/linked-keeper.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { setClock } from '../support/clock.ts';
import { linkedWorkers } from '../support/linked-workers.ts';
import { type AccountsDriver, START_MS } from './accounts-driver.ts';

export const LINKED_DRIVER: AccountsDriver = {
  name: 'workers of a cluster',
  async open(settled = new Map()) {
    const clock = setClock(START_MS);
    let fences = 0;
    const kept = createMemoryAccounts({ clock, settled, fence: () => `fence-${fences++}` });
    const { links } = await linkedWorkers(2, new Map([['accounts', createAccountsKeeper(kept)]]));
    const [accounts, replica] = links.map(accountsOf);
    if (accounts === undefined || replica === undefined) throw new Error('two workers were asked for');
    return {
      accounts,
      replica,
      advance: (ms) => clock.setMs(clock.nowMs() + ms),
      close: () => kept.close(),
    };
  },
};

export const accountsOf = (link: Link): LinkedAccounts =>
  createLinkedAccounts({
    tell: (message) => link.tell('accounts', message),
    onTold: (listener) => link.onTold('accounts', listener),
    onGone: (listener) => link.onGone(listener),
  });

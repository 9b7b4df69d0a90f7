/** The contract of Accounts on every implementation that needs no server. */
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { setClock } from '../support/clock.ts';
import { accountsContract } from './accounts.ts';
import { type AccountsDriver, START_MS } from './accounts-driver.ts';

const memory: AccountsDriver = {
  name: 'memory',
  async open(settled = new Map()) {
    const clock = setClock(START_MS);
    let fences = 0;
    const accounts = createMemoryAccounts({ clock, settled, fence: () => `fence-${fences++}` });
    return {
      accounts,
      replica: accounts,
      advance: (ms) => clock.setMs(clock.nowMs() + ms),
      close: () => accounts.close(),
    };
  },
};

accountsContract(memory);

/** The contract of Accounts on every implementation that needs no server. */
import type { Accounts } from '../../src/flows/accounts.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { createWaitingAccounts } from '../../src/state/accounts/waiting.ts';
import { setClock } from '../support/clock.ts';
import { fakeTime } from '../support/fake-time.ts';
import { accountsContract } from './accounts.ts';
import { type AccountsDriver, START_MS } from './accounts-driver.ts';

/** Of one process, which has no replica but itself. */
function inMemory(name: string, wrap: (inner: Accounts) => Accounts): AccountsDriver {
  return {
    name,
    async open(settled = new Map()) {
      const clock = setClock(START_MS);
      let fences = 0;
      const inner = createMemoryAccounts({ clock, settled, fence: () => `fence-${fences++}` });
      const accounts = wrap(inner);
      return {
        accounts,
        replica: accounts,
        advance: (ms) => clock.setMs(clock.nowMs() + ms),
        close: () => accounts.close(),
      };
    },
  };
}

accountsContract(inMemory('memory', (inner) => inner));
accountsContract(
  inMemory('memory, with patience', (inner) => createWaitingAccounts(inner, { clock: fakeTime(), timers: fakeTime() })),
);

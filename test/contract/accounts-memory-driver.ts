/** Accounts in the memory of one process, as the contract and the model drive them. */
import type { Accounts } from '../../src/flows/accounts.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { setClock } from '../support/clock.ts';
import { type AccountsDriver, START_MS } from './accounts-driver.ts';

/** It has no replica but itself. @param wrap what stands before it */
export function memoryDriver(name: string, wrap: (inner: Accounts) => Accounts = (inner) => inner): AccountsDriver {
  return {
    name,
    async open(settled = new Map()) {
      const clock = setClock(START_MS);
      let fences = 0;
      const start = (from: ReadonlyMap<string, bigint>): Accounts =>
        wrap(createMemoryAccounts({ clock, settled: from, fence: () => `fence-${fences++}` }));
      let accounts = start(settled);
      return {
        get accounts() {
          return accounts;
        },
        get replica() {
          return accounts;
        },
        advance: (ms) => clock.setMs(clock.nowMs() + ms),
        restart(from) {
          accounts = start(from);
        },
        close: () => accounts.close(),
      };
    },
  };
}

/** The contract of Accounts on every implementation that needs no server. */
import { createWaitingAccounts } from '../../src/state/accounts/waiting.ts';
import { fakeTime } from '../support/fake-time.ts';
import { accountsContract } from './accounts.ts';
import { LINKED_DRIVER } from './accounts-linked-driver.ts';
import { memoryDriver } from './accounts-memory-driver.ts';

accountsContract(memoryDriver('memory'));
accountsContract(
  memoryDriver('memory, with patience', (inner) =>
    createWaitingAccounts(inner, { clock: fakeTime(), timers: fakeTime() }),
  ),
);
accountsContract(LINKED_DRIVER);

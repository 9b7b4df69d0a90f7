/** Held decisions in a real Redis, as the contract drives them. */

import type { OpenRedisAccounts } from '../../../src/state/redis/open.ts';
import type { HeldDecisionsDriver, Process } from '../../contract/held-decisions-driver.ts';
import { redisDriver } from './driver.ts';

/** @param url of a server that runs */
export const redisHeldDecisions = (name: string, url: () => string): HeldDecisionsDriver => ({
  name,
  async open() {
    const { accounts, replica, advance, close } = await redisDriver(name, url).open();
    return { here: processOf(accounts), there: processOf(replica), advance, close };
  },
});

export const processOf = (accounts: OpenRedisAccounts): Process => ({ accounts, decisions: accounts.decisions });

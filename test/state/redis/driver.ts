/** Accounts in a real Redis as the contract and the model drive them: every store has a prefix, and time, of its own. */
import { type OpenRedisAccounts, openRedisAccounts, type RedisAccountsOptions } from '../../../src/state/redis/open.ts';
import { type AccountsDriver, type OpenAccounts, START_MS } from '../../contract/accounts-driver.ts';
import { setClock } from '../../support/clock.ts';

export interface OpenReplicas extends OpenAccounts {
  readonly accounts: OpenRedisAccounts;
  readonly replica: OpenRedisAccounts;
}

export interface RedisDriver extends AccountsDriver {
  open(settled?: ReadonlyMap<string, bigint>): Promise<OpenReplicas>;
}

let stores = 0;

/** @param url of a server that runs */
export function redisDriver(name: string, url: () => string): RedisDriver {
  return {
    name,
    async open(settled = new Map()) {
      const clock = setClock(START_MS);
      let fences = 0;
      const options: RedisAccountsOptions = {
        url: url(),
        keyPrefix: `store-${stores++}`,
        fence: () => `fence-${fences++}`,
        nowMs: () => clock.nowMs(),
        recoverMs: 0,
        onLost: async () => settled,
      };
      const accounts = await openRedisAccounts(options);
      const replica = await openRedisAccounts(options);
      return {
        accounts,
        replica,
        advance: (ms) => clock.setMs(clock.nowMs() + ms),
        async close() {
          await accounts.close();
          await replica.close();
        },
      };
    },
  };
}

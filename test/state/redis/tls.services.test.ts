// needs: redis
/** Accounts in a Redis that speaks TLS alone, as most that are rented do. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openRedisAccounts } from '../../../src/state/redis/open.ts';
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { createAuthority } from '../../support/certificates.ts';

describe('accounts in a Redis behind TLS', () => {
  const authority = createAuthority('Authority of a test');
  const trusted = getCACertificates('default');
  const warnings: string[] = [];
  let redis: RunningRedis;

  const open = (url: string) =>
    openRedisAccounts({
      ...{ url, keyPrefix: 'tls', nowMs: Date.now, recoverMs: 0 },
      fence: () => 'fence',
      onLost: async () => new Map(),
      warn: (message) => warnings.push(message),
    });

  before(async () => {
    redis = await startRedis({
      tls: authority.certify({ name: [['CN', 'redis']], ips: ['127.0.0.1'], dns: ['localhost'] }),
    });
  });
  after(async () => {
    setDefaultCACertificates(trusted);
    await redis.clean();
  });

  for (const host of ['127.0.0.1', 'localhost']) {
    it(`hold and settle, by ${host === 'localhost' ? 'name' : 'address'}`, async () => {
      setDefaultCACertificates([...trusted, authority.certificatePem]);
      const accounts = await open(redis.url.replace('127.0.0.1', host));
      const account = { key: host, budget: 'b', limitNano: 100n, ceilingNano: 100n };
      const held = await accounts.hold({
        ...{ id: host, amountNano: 60n, accounts: [account], rates: [], slots: [], leaseMs: 60_000 },
      });
      assert.equal(held.kind, 'held');
      const fence = held.kind === 'held' ? held.fence : '';
      const settled = await accounts.settle({ id: host, fence, costNano: 40n, accounts: [account] });
      await accounts.close();
      assert.deepEqual(settled, { kind: 'settled', balances: [{ key: host, settledNano: 40n, heldNano: 0n }] });
      assert.doesNotMatch(warnings.join(), /away|lost/);
    });
  }

  it('are not asked where nobody vouches for the server, and no password is told', async () => {
    setDefaultCACertificates(trusted);
    const accounts = await open(redis.url);
    await assert.rejects(Promise.resolve(accounts.balances([{ key: 'any', budget: 'b', limitNano: 100n }])), {
      code: 'unavailable',
    });
    await accounts.close();
    assert.match(warnings.join(), /redis is away: unable to verify the first certificate/);
    assert.doesNotMatch(warnings.join(), new RegExp(redis.password));
  });
});

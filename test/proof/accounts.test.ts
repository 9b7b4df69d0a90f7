/** The money path on accounts in memory, for a bounded time; longer by `npm run prove`. */
import { test } from 'node:test';
import { memoryDriver } from '../contract/accounts-memory-driver.ts';
import { proveAccounts } from './accounts/prove.ts';

test('accounts in memory have what the model says at every step', async () => {
  await proveAccounts(memoryDriver('memory'), { lives: 400, timeLimitMs: 20_000 });
});

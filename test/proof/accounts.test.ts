/** The money path on accounts in memory, for a bounded time; longer by `npm run prove`. */
import { test } from 'node:test';
import { LINKED_DRIVER } from '../contract/accounts-linked-driver.ts';
import { memoryDriver } from '../contract/accounts-memory-driver.ts';
import { proveAccounts } from './accounts/prove.ts';

test('accounts in memory have what the model says at every step', async () => {
  await proveAccounts(memoryDriver('memory'), { lives: 400, timeLimitMs: 20_000 });
});

test('accounts of two workers have what the model says at every step', async () => {
  await proveAccounts(LINKED_DRIVER, { lives: 50, timeLimitMs: 20_000 });
});

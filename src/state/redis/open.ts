/** Opens the accounts that are in Redis or Valkey. */
import { Failure } from '../../core/failure.ts';
import type { HeldDecisions } from '../../flows/held-decisions.ts';
import { createRedisAccounts, type RedisAccounts, type RedisStateOptions } from './accounts.ts';
import {
  begin,
  CONNECT_TIMEOUT_MS,
  connect,
  isRefused,
  messageOf,
  type RedisConnectionOptions,
  tellTransitions,
} from './connection.ts';
import { createRedisDecisions } from './decisions.ts';

export interface RedisAccountsOptions extends RedisConnectionOptions, RedisStateOptions {}

export interface OpenedAccounts extends RedisAccounts {
  /** Over the same connection. */
  readonly decisions: HeldDecisions;
}

/**
 * Resolves once it is connected; where the server is away, as soon as that is known: it is tried again all the while.
 * @throws Failure `config_invalid` where the URL is none of Redis, or the server refuses its credential
 */
export async function openRedisAccounts(options: RedisAccountsOptions): Promise<OpenedAccounts> {
  const { warn = () => undefined } = options;
  const client = connect(options);
  const accounts = createRedisAccounts(client, options);
  let isClosed = false;
  const close = async (): Promise<void> => {
    isClosed = true;
    client.disconnect();
  };
  client.on('ready', () => void accounts.connected());
  tellTransitions(client, warn, () => isClosed);
  const failed = await begin(client, options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  if (isRefused(failed)) {
    await close();
    throw new Failure('config_invalid', `accounts: redis refuses the credential of its URL: ${messageOf(failed)}`);
  }
  if (failed === undefined) await accounts.connected();
  else warn(`accounts: redis is away: ${messageOf(failed)}`);
  return { ...accounts, decisions: createRedisDecisions(client, options), close };
}

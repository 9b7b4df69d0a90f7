/** Opens the accounts that are in Redis or Valkey, and the decisions that they hold for. */
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
import { createRedisHeldDecisions } from './held-decisions.ts';

export interface RedisAccountsOptions extends RedisConnectionOptions, RedisStateOptions {}

export interface OpenRedisAccounts extends RedisAccounts {
  readonly decisions: HeldDecisions;
}

/**
 * Resolves once it is connected; where the server is away, as soon as that is known: it is tried again all the while.
 * @throws Failure `config_invalid` where the URL is none of Redis, or the server refuses its credential
 */
export async function openRedisAccounts(options: RedisAccountsOptions): Promise<OpenRedisAccounts> {
  const { warn = () => undefined } = options;
  const client = connect(options);
  const { connected, mustBeKnown, ...accounts } = createRedisAccounts(client, options);
  const decisions = createRedisHeldDecisions(client, options, mustBeKnown);
  let isClosed = false;
  const close = async (): Promise<void> => {
    isClosed = true;
    client.disconnect();
  };
  client.on('ready', () => void connected().then(decisions.connected));
  tellTransitions(client, warn, () => isClosed);
  const failed = await begin(client, options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  if (isRefused(failed)) {
    await close();
    throw new Failure('config_invalid', `accounts: redis refuses the credential of its URL: ${messageOf(failed)}`);
  }
  if (failed === undefined) await connected();
  else warn(`accounts: redis is away: ${messageOf(failed)}`);
  return { ...accounts, decisions, close };
}

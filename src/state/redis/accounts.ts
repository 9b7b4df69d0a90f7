/**
 * Accounts in Redis or Valkey, shared by every replica. One trip for a hold, for a settlement and for balances; each is
 * a script that runs whole or not at all, by the server's own clock. Fails closed: while the server cannot be asked, or
 * has lost its state, every call fails with `unavailable` at once.
 */
import type { HoldRequest } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import type { Accounts } from '../../flows/accounts.ts';
import { type NotKept, readBalances, readHold, readSettled } from './answers.ts';
import { balancesCommand, type Command, holdCommand, rebuildCommand, settleCommand } from './commands.ts';
import {
  begin,
  CONNECT_TIMEOUT_MS,
  connect,
  isRefused,
  messageOf,
  type RedisConnectionOptions,
  run,
  tellTransitions,
} from './connection.ts';
import { readFence } from './fence.ts';
import { keysOf } from './keys.ts';
import { createLiveHolds } from './live-holds.ts';
import { createRecovery } from './recovery.ts';
import { createUndo } from './undo.ts';

export interface RedisAccountsOptions extends RedisConnectionOptions {
  /** Stands before every key, as its hash tag; default `turnpike`. */
  readonly keyPrefix?: string;
  /** A token that nobody has had: letters, digits, `-` and `_`. */
  readonly fence: () => string;
  /** What every account has settled, by its key; asked when the server has no state, or has lost it. */
  readonly onLost?: () => Promise<ReadonlyMap<string, bigint>>;
  /** How long replicas have, after that, to hold again what they held: longer than they take to connect. Default 3 s. */
  readonly recoverMs?: number;
  readonly warn?: (message: string) => void;
  /** Milliseconds since the epoch, for tests; default the server's own clock. */
  readonly nowMs?: () => number;
}

export interface RedisAccounts extends Accounts {
  /** Makes a lost state complete again. @returns whether this call did; false where it was complete */
  rebuild(settled: ReadonlyMap<string, bigint>): Promise<boolean>;
}

const RECOVER_MS = 3_000;

/**
 * Resolves once it is connected; where the server is away, as soon as that is known: it is tried again all the while.
 * @throws Failure `config_invalid` where the URL is none of Redis, or the server refuses its credential
 */
export async function openRedisAccounts(options: RedisAccountsOptions): Promise<RedisAccounts> {
  const { keyPrefix = 'turnpike', recoverMs = RECOVER_MS, fence, warn = () => undefined } = options;
  const keys = keysOf(keyPrefix);
  const client = connect(options);
  const steadyMs = options.nowMs ?? (() => performance.now());
  const now = (): string => (options.nowMs === undefined ? '' : String(Math.floor(options.nowMs())));
  const ask = (command: Command): Promise<unknown> => run(client, command);
  const live = createLiveHolds(steadyMs);
  const undo = createUndo((request) => ask(settleCommand(keys, now(), request)));
  let isNew = true;
  let isClosed = false;

  const rebuild = async (settled: ReadonlyMap<string, bigint>): Promise<boolean> => {
    // Where nothing was ever spent there is nothing to hold again.
    const waitMs = isNew && settled.size === 0 ? 0 : recoverMs;
    return (await ask(rebuildCommand(keys, now(), settled, waitMs))) === 1;
  };
  const recovery = createRecovery({
    isComplete: async () => (await client.exists(keys.complete)) === 1,
    onLost: options.onLost,
    rebuild,
    async restore() {
      isNew = false;
      const held = live.left();
      await Promise.all(held.map(([token, request]) => ask(holdCommand(keys, now(), request, token, true))));
      await undo.all();
    },
    warn,
  });

  function kept<Answer extends object>(answer: Answer | NotKept): Answer {
    if (!isNotKept(answer)) return answer;
    recovery.noticed();
    const why = answer.kind === 'lost' ? 'was lost' : `was lost, and is open again in ${answer.forMs} ms`;
    throw new Failure('unavailable', `accounts: the state that redis kept ${why}`);
  }

  async function hold(request: HoldRequest) {
    const { id, accounts } = request;
    await undo.before(id);
    const token = fence();
    const command = holdCommand(keys, now(), request, token);
    const reply = await ask(command).catch((reason: unknown) => {
      undo.add({ id, fence: token, costNano: 0n, accounts });
      throw reason;
    });
    const result = kept(readHold(reply, request));
    if (result.kind === 'held') live.add(readFence(result.fence).token, request);
    return result;
  }

  client.on('ready', () => void recovery.connected());
  tellTransitions(client, warn, () => isClosed);
  const failed = await begin(client, options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  if (isRefused(failed)) {
    isClosed = true;
    client.disconnect();
    throw new Failure('config_invalid', `accounts: redis refuses the credential of its URL: ${messageOf(failed)}`);
  }
  if (failed === undefined) await recovery.connected();
  else warn(`accounts: redis is away: ${messageOf(failed)}`);

  return {
    hold,
    async settle(request) {
      const reply = await ask(settleCommand(keys, now(), request));
      const result = kept(readSettled(reply, request.accounts));
      live.remove(readFence(request.fence).token);
      return result;
    },
    async balances(accounts) {
      if (accounts.length === 0) return [];
      return kept(readBalances(await ask(balancesCommand(keys, now(), accounts)), accounts));
    },
    rebuild,
    async close() {
      isClosed = true;
      client.disconnect();
    },
  };
}

const isNotKept = (answer: object): answer is NotKept =>
  'kind' in answer && (answer.kind === 'lost' || answer.kind === 'recovering');

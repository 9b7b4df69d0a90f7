/**
 * Accounts in Redis or Valkey, shared by every replica. One trip for a hold, for a settlement and for balances; each is
 * a script that runs whole or not at all, by the server's own clock. Fails closed: while the server cannot be asked, or
 * has lost its state, every call fails with `unavailable` at once.
 */
import type { HoldRequest } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import type { Accounts } from '../../flows/accounts.ts';
import type { HeldDecision } from '../../flows/held-decisions.ts';
import { type NotKept, readBalances, readHold, readSettled } from './answers.ts';
import {
  balancesCommand,
  type Command,
  holdCommand,
  rebuildCommand,
  rememberCommand,
  settleCommand,
} from './commands.ts';
import { away, type Client, run } from './connection.ts';
import { writeFence } from './fence.ts';
import { COMPLETE_FIELD, keysOf, REBUILT_FIELD } from './keys.ts';
import { createLiveHolds } from './live-holds.ts';
import { createRecovery } from './recovery.ts';
import { createUndo } from './undo.ts';

export interface RedisStateOptions {
  /** Stands before every key, as its hash tag; default `turnpike`. */
  readonly keyPrefix?: string;
  /** A token that nobody has had: letters, digits, `-` and `_`. */
  readonly fence: () => string;
  /** What every account has settled, by its key; asked when the server has no state, or has lost it. */
  readonly onLost?: () => Promise<ReadonlyMap<string, bigint>>;
  /** The state was rebuilt, by whoever it was, from a ledger that was read at this moment (ms since the epoch). */
  readonly onRebuilt?: (readAtMs: number) => void;
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

/** What whoever has the connection tells. */
export interface ConnectedAccounts extends RedisAccounts {
  /** To be called whenever there is a new connection; never rejects. */
  connected(): Promise<void>;
  /** @throws Failure `unavailable` where the state is not whole, or does not have yet what is held here */
  mustBeKnown(): void;
}

const RECOVER_MS = 3_000;

/** The connection stays its owner's: closing the accounts does not close it. */
export function createRedisAccounts(client: Client, options: RedisStateOptions): ConnectedAccounts {
  const { keyPrefix = 'turnpike', recoverMs = RECOVER_MS, fence, onLost, warn = () => undefined, nowMs } = options;
  const keys = keysOf(keyPrefix);
  const now = (): string => (nowMs === undefined ? '' : String(Math.floor(nowMs())));
  const ask = (command: Command): Promise<unknown> => run(client, command);
  const live = createLiveHolds(nowMs ?? (() => performance.now()));
  const undo = createUndo((request) => ask(settleCommand(keys, now(), request)));
  let isNew = true;
  /** Whether this connection has been found to lead to a state that is whole, and to hold what is held here. */
  let isKnown = false;
  client.on('close', () => {
    isKnown = false;
  });

  const rebuild = async (settled: ReadonlyMap<string, bigint>, readAtMs = Date.now()): Promise<boolean> => {
    // Where nothing was ever spent there is nothing to hold again.
    const waitMs = isNew && settled.size === 0 ? 0 : recoverMs;
    return (await ask(rebuildCommand(keys, now(), settled, waitMs, readAtMs))) === 1;
  };
  const restore = async (): Promise<void> => {
    isNew = false;
    const held = live.left();
    await Promise.all(
      held.map(([token, { request, decision }]) => {
        const holding = ask(holdCommand(keys, now(), request, token, true));
        const remembering = decision && ask(rememberCommand(keys, decision, request.leaseMs));
        return Promise.all([holding, remembering]);
      }),
    );
    await undo.all();
    isKnown = true;
  };
  /** Known rebuilds are not told again. */
  let rebuiltAt: string | undefined;
  const isComplete = async (): Promise<boolean> => {
    const [complete, readAt] = await client.hmget(keys.accounts, COMPLETE_FIELD, REBUILT_FIELD);
    if (readAt !== undefined && readAt !== null && readAt !== rebuiltAt) {
      rebuiltAt = readAt;
      options.onRebuilt?.(Number(readAt));
    }
    return complete !== undefined && complete !== null;
  };
  const recovery = createRecovery({ isComplete, onLost, rebuild, restore, warn });

  function mustBeKnown(): void {
    if (client.status !== 'ready') throw away(new Error(`the connection is ${client.status}`));
    if (isKnown) return;
    recovery.noticed();
    throw new Failure('unavailable', 'accounts: redis is back, and its state is looked at');
  }
  function kept<Answer extends object>(answer: Answer | NotKept): Answer {
    if (!isNotKept(answer)) return answer;
    isKnown = isKnown && answer.kind !== 'lost';
    recovery.noticed();
    const why = answer.kind === 'lost' ? 'was lost' : `was lost, and is open again in ${answer.forMs} ms`;
    throw new Failure('unavailable', `accounts: the state that redis kept ${why}`);
  }

  /** The server takes it where the hold is given: they are sent together, and the hold first. */
  const remember = (decision: HeldDecision, { leaseMs }: HoldRequest): Promise<boolean> =>
    ask(rememberCommand(keys, decision, leaseMs)).then(
      (reply) => reply === 1,
      () => false,
    );

  return {
    async hold(request, { decision } = {}) {
      mustBeKnown();
      await undo.before(request.id);
      const token = writeFence(fence(), request.slots);
      const holding = ask(holdCommand(keys, now(), request, token));
      const remembering = decision && remember(decision, request);
      const reply = await holding.catch((reason: unknown) => {
        undo.add({ id: request.id, fence: token, costNano: 0n, accounts: request.accounts });
        throw reason;
      });
      const result = kept(readHold(reply, request));
      if (result.kind !== 'held') return result;
      live.add(result.fence, { request, decision });
      // A server that did not know the one script did not do them in order.
      if (decision !== undefined && !(await remembering) && !(await remember(decision, request))) {
        warn(`accounts: decision ${decision.id} is known to this process alone`);
      }
      return result;
    },
    async settle(request) {
      mustBeKnown();
      const reply = await ask(settleCommand(keys, now(), request));
      const result = kept(readSettled(reply, request.accounts));
      live.remove(request.fence);
      return result;
    },
    async balances(accounts) {
      if (accounts.length === 0) return [];
      return kept(readBalances(await ask(balancesCommand(keys, now(), accounts)), accounts));
    },
    rebuild,
    connected: recovery.connected,
    mustBeKnown,
    close: () => Promise.resolve(),
  };
}

const isNotKept = (answer: object): answer is NotKept =>
  'kind' in answer && (answer.kind === 'lost' || answer.kind === 'recovering');

/**
 * Held decisions in Redis or Valkey, known to every replica: a key for each, until some while behind the lease of its
 * hold. What this process decided itself it knows also while the server is away.
 */
import { Failure } from '../../core/failure.ts';
import type { HeldDecisions } from '../../flows/held-decisions.ts';
import { createMemoryDecisions } from '../decisions/memory.ts';
import { heldOf, heldText } from '../decisions/text.ts';
import { claimCommand } from './commands.ts';
import { away, type Client, run } from './connection.ts';
import { keysOf } from './keys.ts';

export interface RedisDecisionsOptions {
  /** As that of the accounts; default `turnpike`. */
  readonly keyPrefix?: string;
  readonly warn?: (message: string) => void;
}

/** A report may come so long behind the lease of its hold and still be charged. */
const KEPT_MS = 600_000;
/**
 * Of a report that comes while nobody can tell whether another came before it: what it tells is charged, and the hold
 * ends with its lease. So for a while too much is kept from others, and never too little.
 */
const UNKNOWN_PLACE = 1;

export function createRedisDecisions(client: Client, options: RedisDecisionsOptions): HeldDecisions {
  const { keyPrefix = 'turnpike', warn = () => undefined } = options;
  const keys = keysOf(keyPrefix);
  const own = createMemoryDecisions();

  return {
    remember(decisionId, held, leaseMs) {
      own.remember(decisionId, held, leaseMs);
      // A connection that is down has been told of, and so have the accounts that are away with it.
      if (client.status !== 'ready') return;
      const [key] = keys.decision(decisionId);
      client.set(key, heldText(held), 'PX', Math.ceil(leaseMs) + KEPT_MS).catch((reason: unknown) => {
        const why = Failure.from(away(reason)).message;
        warn(`decision ${decisionId}: other replicas do not know it, a report there is not settled: ${why}`);
      });
    },
    async find(decisionId) {
      const known = await own.find(decisionId);
      if (known !== undefined) return known;
      const [key] = keys.decision(decisionId);
      const text = await client.get(key).catch((reason: unknown) => {
        throw away(reason);
      });
      return text === null ? undefined : heldOf(text);
    },
    async claim(decisionId, reportId) {
      let answer: unknown;
      try {
        answer = await run(client, claimCommand(keys, decisionId, reportId));
      } catch (reason) {
        const held = await own.find(decisionId);
        if (held === undefined) throw reason;
        return { held, place: UNKNOWN_PLACE };
      }
      // The server was away when it was told, or has lost it: then no other replica knows it either.
      if (!Array.isArray(answer)) return own.claim(decisionId, reportId);
      const [text, place] = answer;
      return { held: heldOf(String(text)), place: Number(place) };
    },
  };
}

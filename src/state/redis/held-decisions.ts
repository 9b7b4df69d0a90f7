/**
 * Held decisions in Redis or Valkey: whichever replica hears of a report knows what its decision holds. Each replica
 * remembers its own as well. While the server cannot be asked, or knows one no more, that is gone by; since nobody can
 * say then what others were told, its hold is left to its lease, and every report is charged beside it. When the server
 * is back it is told of those.
 */
import { Failure } from '../../core/failure.ts';
import type { Claim, HeldDecisions, ReportClaim } from '../../flows/held-decisions.ts';
import { isGivenAway } from '../accounts/away.ts';
import { createMemoryHeldDecisions } from '../decisions/memory.ts';
import { heldOfText } from '../decisions/text.ts';
import type { RedisStateOptions } from './accounts.ts';
import { claimCommand } from './commands.ts';
import { type Client, run } from './connection.ts';
import { keysOf } from './keys.ts';

/** Reports that the server is told of later, at most; of more it is not told. */
const MOST_UNTOLD = 100_000;

export interface RedisHeldDecisions extends HeldDecisions {
  /** To be called with every connection, when what is held here is held there again; never rejects. */
  connected(): Promise<void>;
}

/**
 * They are written with their holds, by the accounts.
 * @param mustBeKnown throws Failure `unavailable` where the state is not whole, or does not have yet what is held here
 */
export function createRedisHeldDecisions(
  client: Client,
  { keyPrefix = 'turnpike', nowMs }: Pick<RedisStateOptions, 'keyPrefix' | 'nowMs'>,
  mustBeKnown: () => void,
): RedisHeldDecisions {
  const keys = keysOf(keyPrefix);
  const now = (): string => (nowMs === undefined ? '' : String(Math.floor(nowMs())));
  const here = createMemoryHeldDecisions({ isOwn: isGivenAway });
  const untold = new Set<ReportClaim>();

  const ask = async (claim: ReportClaim, charged?: boolean): Promise<Claim> => {
    mustBeKnown();
    return readClaim(await run(client, claimCommand(keys, now(), claim, charged)));
  };
  const tell = async (): Promise<void> => {
    for (const claim of untold) {
      await ask(claim, true);
      untold.delete(claim);
    }
  };
  return {
    remember: here.remember,
    async claim(claim) {
      let shared: Claim;
      try {
        if (untold.size > 0) await tell();
        shared = await ask(claim);
      } catch (reason) {
        const own = here.claim(claim);
        if (own.kind === 'unknown') throw reason;
        if (own.kind === 'claimed' && own.standing === 'new' && untold.size < MOST_UNTOLD) untold.add(claim);
        return own;
      }
      return shared.kind === 'unknown' ? here.claim(claim) : shared;
    },
    /** The accounts remember for a day what was settled. */
    settled: here.settled,
    /** What the server is not told now it is told before it is asked again. */
    connected: () => tell().catch(() => undefined),
  };
}

/** @throws Failure `unavailable` where the state is lost */
function readClaim(reply: unknown): Claim {
  const [kind, index, settles, fence = '', text = ''] = Array.isArray(reply) ? reply.map(String) : [];
  switch (kind) {
    case 'unknown':
    case 'foreign':
    case 'conflict':
      return { kind };
    case 'new':
    case 'again': {
      const held = heldOfText(text);
      return { kind: 'claimed', held, fence, index: Number(index), settlesHold: settles === 'hold', standing: kind };
    }
    default:
      throw new Failure('unavailable', 'accounts: redis does not know now what is held for which decision');
  }
}

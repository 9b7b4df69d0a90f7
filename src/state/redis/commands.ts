/** What the scripts are asked, as keys and arguments. Amounts are nano-USD up to 2^53 - 1; more is refused. */
import { createHash } from 'node:crypto';
import type { Account, HoldRequest, RateDemand, SettleRequest } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import { type HeldDecision, MOST_REPORTS, type ReportClaim } from '../../flows/held-decisions.ts';
import { textOfHeld } from '../decisions/text.ts';
import { BALANCES_SCRIPT } from './balances-script.ts';
import { CLAIM_SCRIPT } from './claim-script.ts';
import { plainFence, slotsOf } from './fence.ts';
import { HOLD_SCRIPT } from './hold-script.ts';
import { heldField, holdField, type Keys, settledField } from './keys.ts';
import { REBUILD_SCRIPT } from './rebuild-script.ts';
import { REMEMBER_SCRIPT } from './remember-script.ts';
import { SETTLE_SCRIPT } from './settle-script.ts';

export interface Script {
  readonly text: string;
  /** SHA-1, by which the server knows it. */
  readonly sha: string;
}

export interface Command {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

const HOLD = scriptOf(HOLD_SCRIPT);
const SETTLE = scriptOf(SETTLE_SCRIPT);
const BALANCES = scriptOf(BALANCES_SCRIPT);
const REBUILD = scriptOf(REBUILD_SCRIPT);
const REMEMBER = scriptOf(REMEMBER_SCRIPT);
const CLAIM = scriptOf(CLAIM_SCRIPT);

/** Behind the end of its lease a decision is remembered so long: a report of it is charged as what comes late. */
const REPORTED_WITHIN_MS = 3_600_000;

/** @param restore whether it was held before the state was lost */
export function holdCommand(keys: Keys, now: string, request: HoldRequest, fence: string, restore = false): Command {
  const { id, amountNano, accounts, rates, slots, leaseMs } = request;
  const named = [keys.accounts, keys.leases, keys.ends, keys.settled(id), ...rollingKeys(keys, accounts)];
  const args = [now, fence, amount(amountNano), String(Math.ceil(leaseMs))];
  args.push(
    String(accounts.length),
    String(rates.length),
    String(slots.length),
    restore ? 'restore' : '',
    holdField(id),
  );
  for (const { key } of accounts) args.push(settledField(key));
  for (const { key } of accounts) args.push(heldField(key));
  for (const { ceilingNano } of accounts) args.push(ceilingNano === undefined ? '' : amount(ceilingNano));
  for (const account of accounts) args.push(shapeOf(account));
  for (const rate of rates) {
    named.push(keys.rate(rate.key));
    args.push(paceUs(rate, rate.take), String(Math.ceil((rate.burst * rate.perMs * 1000) / rate.units)));
  }
  for (const { key, places } of slots) {
    named.push(keys.slot(key));
    args.push(String(places));
  }
  return { script: HOLD, keys: named, args };
}

export function settleCommand(keys: Keys, now: string, request: SettleRequest): Command {
  const { id, fence, costNano, accounts, refunds = [] } = request;
  const slots = slotsOf(fence);
  const named = [keys.accounts, keys.leases, keys.ends, keys.settled(id), ...rollingKeys(keys, accounts)];
  const args = [
    now,
    plainFence(fence),
    amount(costNano),
    String(accounts.length),
    String(refunds.length),
    String(slots.length),
  ];
  args.push(holdField(id));
  for (const { key } of accounts) args.push(settledField(key));
  for (const { key } of accounts) args.push(heldField(key));
  for (const account of accounts) args.push(shapeOf(account));
  for (const { rate, units } of refunds) {
    named.push(keys.rate(rate.key));
    args.push(paceUs(rate, units));
  }
  for (const slot of slots) named.push(keys.slot(slot));
  return { script: SETTLE, keys: named, args };
}

export function balancesCommand(keys: Keys, now: string, accounts: readonly Account[]): Command {
  const named = [keys.accounts, keys.leases, ...rollingKeys(keys, accounts)];
  const args = [now, String(accounts.length), ''];
  for (const { key } of accounts) args.push(settledField(key));
  for (const { key } of accounts) args.push(heldField(key));
  for (const account of accounts) args.push(shapeOf(account));
  return { script: BALANCES, keys: named, args };
}

export function rebuildCommand(
  keys: Keys,
  now: string,
  settled: ReadonlyMap<string, bigint>,
  recoverMs: number,
  readAtMs: number,
): Command {
  const args = [now, String(recoverMs), String(readAtMs)];
  for (const [account, nano] of settled) args.push(settledField(account), amount(nano));
  return { script: REBUILD, keys: [keys.accounts], args };
}

/** @param leaseMs of its hold, from now */
export function rememberCommand(keys: Keys, held: HeldDecision, leaseMs: number): Command {
  const keptMs = String(Math.ceil(leaseMs) + REPORTED_WITHIN_MS);
  const args = [holdField(held.holdId), textOfHeld(held), held.attribution.team, keptMs];
  return { script: REMEMBER, keys: [keys.accounts, keys.decision(held.id)], args };
}

/** @param charged whether it was charged by itself, while the server was away */
export function claimCommand(keys: Keys, now: string, claim: ReportClaim, charged: boolean = false): Command {
  const { decisionId, reportId, content, team } = claim;
  const args = [now, reportId, content, String(MOST_REPORTS), charged ? 'charged' : ''];
  if (team !== undefined) args.push(team);
  return { script: CLAIM, keys: [keys.accounts, keys.decision(decisionId)], args };
}

const rollingKeys = (keys: Keys, accounts: readonly Account[]): readonly string[] =>
  accounts.filter(({ rolling }) => rolling !== undefined).map(({ key }) => keys.rolling(key));

/** When it ends, or how it rolls, or nothing. */
function shapeOf({ rolling, resetsAtMs }: Account): string {
  if (rolling !== undefined) return `${rolling.bucketMs}x${rolling.buckets}`;
  return resetsAtMs === undefined ? '' : String(Math.floor(resetsAtMs));
}

function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Rounded down: a rate may run fast by a millionth of a second for each call, and never slow. */
const paceUs = ({ units, perMs }: RateDemand, taken: number): string =>
  String(Math.floor((taken * perMs * 1000) / units));

function amount(nanoUsd: bigint): string {
  if (nanoUsd < 0n || nanoUsd > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new Failure('invalid_request', `accounts: an amount must be 0 to 2^53 - 1 nano-USD, not ${nanoUsd}`);
  }
  return String(nanoUsd);
}

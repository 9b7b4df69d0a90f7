/**
 * The text of the entry of an attempt that was priced: the bytes that JSON.stringify makes of its fields in the order in
 * which they stand here, for a third of the time. Who called is half of it and the same for many attempts, so its text is
 * kept.
 */
import type { AttemptCost } from '../core/attempt.ts';
import type { AttemptEntry, LedgerEntry } from '../core/ledger-entry.ts';
import type { MeteredUsage, TokenCounts } from '../core/usage.ts';

export type PricedAttempt = AttemptEntry & { readonly cost: Extract<AttemptCost, { kind: 'priced' }> };

export const isPricedAttempt = (entry: LedgerEntry): entry is PricedAttempt =>
  entry.kind === 'attempt' && entry.cost.kind === 'priced';

export function attemptText(entry: PricedAttempt): string {
  const { id, callId, decisionId, source, chargedNano, index, reason, operation, requestedModel } = entry;
  const { outcome, durationMs, firstTokenMs, usage, late, cost } = entry;
  const { inputNano, cacheReadNano, cacheWriteNano, outputNano, otherNano, totalNano } = cost.items;
  const call = quoted(callId);
  const decision = decisionId === callId ? call : quoted(decisionId);
  const model = requestedModel === undefined ? '' : `,"requestedModel":${quoted(requestedModel)}`;
  const first = firstTokenMs === undefined ? '' : `,"firstTokenMs":${firstTokenMs}`;
  return (
    `{"kind":"attempt","source":"${source}","id":${quoted(id)},"callId":${call},"atMs":${entry.atMs},` +
    `"decisionId":${decision},${whoText(entry)},"chargedNano":"${digits(chargedNano)}","index":${index},` +
    `"reason":"${reason}","operation":"${operation}"${model},"outcome":"${outcome}","durationMs":${durationMs}${first},` +
    `"usage":${usageText(usage)},"cost":{"kind":"priced","priceId":${quoted(cost.priceId)},` +
    `"tier":${quoted(cost.tier)},"items":{"inputNano":"${digits(inputNano)}","cacheReadNano":"${digits(cacheReadNano)}",` +
    `"cacheWriteNano":"${digits(cacheWriteNano)}","outputNano":"${digits(outputNano)}","otherNano":"${digits(otherNano)}",` +
    `"totalNano":"${digits(totalNano)}"},"estimated":${cost.estimated}}${late === undefined ? '' : `,"late":${late}`}}`
  );
}

/** JSON changes none of it. */
const PLAIN = /^[\w .:/-]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Most components of a cost are nothing. */
const digits = (nano: bigint): string => (nano === 0n ? '0' : String(nano));

function usageText(usage: MeteredUsage): string {
  if (usage.kind === 'unknown') return '{"kind":"unknown"}';
  let counts = '';
  for (const name of Object.keys(usage.tokens)) {
    // The cast: it is one of its names.
    const count = usage.tokens[name as keyof TokenCounts];
    if (count === undefined) continue;
    counts += `${counts === '' ? '' : ','}"${name}":${Number.isInteger(count) ? count : JSON.stringify(count)}`;
  }
  return `{"kind":"${usage.kind}","tokens":{${counts}}}`;
}

/** What an attempt has in common with others of its target, and its text. */
interface Known extends Pick<AttemptEntry, 'policyRevision' | 'policyDigest' | 'accounts' | 'attribution'> {
  readonly subject: string | undefined;
  readonly keyId: string | undefined;
  readonly text: string;
}

/** By target, and by the credential. */
const known = new Map<string, Map<string, Known>>();
const MOST_TARGETS = 200;
const MOST_CREDENTIALS = 200;

function whoText(entry: AttemptEntry): string {
  const credential = entry.keyId ?? entry.subject ?? '';
  const last = known.get(entry.target)?.get(credential);
  return (last !== undefined && isOf(last, entry) ? last : keep(credential, entry)).text;
}

function keep(credential: string, entry: AttemptEntry): Known {
  const { policyRevision, policyDigest, target, attribution, subject, keyId, accounts } = entry;
  const text = JSON.stringify({ policyRevision, policyDigest, target, attribution, subject, keyId, accounts });
  const found: Known = {
    ...{ policyRevision, policyDigest, attribution, subject, keyId, accounts },
    text: text.slice(1, -1),
  };
  let ofTarget = known.get(target);
  if (ofTarget === undefined) {
    if (known.size >= MOST_TARGETS) known.clear();
    ofTarget = new Map();
    known.set(target, ofTarget);
  }
  if (ofTarget.size >= MOST_CREDENTIALS) ofTarget.clear();
  ofTarget.set(credential, found);
  return found;
}

function isOf(one: Known, entry: AttemptEntry): boolean {
  const { policyRevision, policyDigest, attribution, subject, keyId, accounts } = entry;
  if (one.policyDigest !== policyDigest || one.policyRevision !== policyRevision) return false;
  if (one.subject !== subject || one.keyId !== keyId || one.accounts.length !== accounts.length) return false;
  return isSame(one.attribution, attribution) && one.accounts.every((account, at) => account === accounts[at]);
}

/** What is written the same: the order counts. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const names = Object.keys(one);
  const others = Object.keys(other);
  return (
    names.length === others.length &&
    // The casts: names that they have.
    names.every((name, at) => name === others[at] && isSame(one[name as never], other[name as never]))
  );
}

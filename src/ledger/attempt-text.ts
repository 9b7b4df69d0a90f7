/**
 * The text of the entry of an attempt that was priced: the bytes that JSON.stringify makes of its fields in the order in
 * which they stand here, for half the time. Who called is a third of it and the same for many attempts, so its text is kept.
 */
import type { AttemptCost } from '../core/attempt.ts';
import type { AttemptEntry, LedgerEntry } from '../core/ledger-entry.ts';

export type PricedAttempt = AttemptEntry & { readonly cost: Extract<AttemptCost, { kind: 'priced' }> };

export const isPricedAttempt = (entry: LedgerEntry): entry is PricedAttempt =>
  entry.kind === 'attempt' && entry.cost.kind === 'priced';

export function attemptText(entry: PricedAttempt): string {
  const { id, callId, decisionId, source, chargedNano, index, reason, operation, requestedModel } = entry;
  const { outcome, durationMs, firstTokenMs, usage, late, cost } = entry;
  const { inputNano, cacheReadNano, cacheWriteNano, outputNano, otherNano, totalNano } = cost.items;
  const model = requestedModel === undefined ? '' : `,"requestedModel":${quoted(requestedModel)}`;
  const first = firstTokenMs === undefined ? '' : `,"firstTokenMs":${firstTokenMs}`;
  return (
    `{"kind":"attempt","source":"${source}","id":${quoted(id)},"callId":${quoted(callId)},"atMs":${entry.atMs},` +
    `"decisionId":${quoted(decisionId)},${whoText(entry)},"chargedNano":"${chargedNano}","index":${index},` +
    `"reason":"${reason}","operation":"${operation}"${model},"outcome":"${outcome}","durationMs":${durationMs}${first},` +
    `"usage":${JSON.stringify(usage)},"cost":{"kind":"priced","priceId":${quoted(cost.priceId)},` +
    `"tier":${quoted(cost.tier)},"items":{"inputNano":"${inputNano}","cacheReadNano":"${cacheReadNano}",` +
    `"cacheWriteNano":"${cacheWriteNano}","outputNano":"${outputNano}","otherNano":"${otherNano}",` +
    `"totalNano":"${totalNano}"},"estimated":${cost.estimated}}${late === undefined ? '' : `,"late":${late}`}}`
  );
}

const quoted = (text: string): string => JSON.stringify(text);

/** What an attempt has in common with others of its target, and its text: before what policy attributes it to, and behind. */
interface Known extends Pick<AttemptEntry, 'policyRevision' | 'policyDigest' | 'accounts'> {
  readonly subject: string | undefined;
  readonly keyId: string | undefined;
  readonly before: string;
  readonly behind: string;
}

/** By target, and by the credential. */
const known = new Map<string, Map<string, Known>>();
const MOST_TARGETS = 200;
const MOST_CREDENTIALS = 200;

function whoText(entry: AttemptEntry): string {
  const credential = entry.keyId ?? entry.subject ?? '';
  const last = known.get(entry.target)?.get(credential);
  const { before, behind } = last !== undefined && isOf(last, entry) ? last : keep(credential, entry);
  return `${before},"attribution":${JSON.stringify(entry.attribution)},${behind}`;
}

function keep(credential: string, entry: AttemptEntry): Known {
  const { policyRevision, policyDigest, target, subject, keyId, accounts } = entry;
  const found: Known = {
    ...{ policyRevision, policyDigest, subject, keyId, accounts },
    before: JSON.stringify({ policyRevision, policyDigest, target }).slice(1, -1),
    behind: JSON.stringify({ subject, keyId, accounts }).slice(1, -1),
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

function isOf(one: Known, { policyRevision, policyDigest, subject, keyId, accounts }: AttemptEntry): boolean {
  if (one.policyDigest !== policyDigest || one.policyRevision !== policyRevision) return false;
  if (one.subject !== subject || one.keyId !== keyId || one.accounts.length !== accounts.length) return false;
  return one.accounts.every((account, at) => account === accounts[at]);
}

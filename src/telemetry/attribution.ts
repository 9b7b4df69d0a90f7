/** Who pays, as attributes: a shared block where nothing in it is free text, so that most spans of a team share one. */
import type { Attribution, PolicyIdentity } from '../core/decision.ts';
import { AttributeList, type AttributeSink, cleanText } from './attribute-list.ts';
import { ATTRIBUTE, TAG_BOUNDS } from './attributes.ts';
import { payerKey } from './payer-key.ts';

const MAX_BLOCKS = 4096;
const MAX_NAME_CHARS = 256;
const TAG_PREFIX = ATTRIBUTE.tag.name.replace('<key>', '');

/** @returns the block of an attribution, the same object for the same team, application, environment and cost centre */
export function createAttributionBlocks(): (attribution: Attribution) => AttributeList {
  const blocks = new Map<string, AttributeList>();
  return (attribution) => {
    const { team, application, environment, cost_center: costCenter } = attribution;
    const key = `${costCenter?.length ?? -1},${payerKey(team, application, environment)}${costCenter ?? ''}`;
    const known = blocks.get(key);
    if (known !== undefined) return known;
    const block = new AttributeList()
      .set(ATTRIBUTE.team.name, cleanText(team, MAX_NAME_CHARS))
      .set(ATTRIBUTE.application.name, cleanText(application, MAX_NAME_CHARS))
      .set(ATTRIBUTE.environment.name, cleanText(environment, MAX_NAME_CHARS))
      .set(ATTRIBUTE.costCenter.name, costCenter === undefined ? undefined : cleanText(costCenter, MAX_NAME_CHARS));
    if (blocks.size < MAX_BLOCKS) blocks.set(key, block);
    return block;
  };
}

/** @returns the block of a policy, the same object as long as the policy serves */
export function createPolicyBlocks(): (policy: PolicyIdentity) => AttributeList {
  const blocks = new WeakMap<PolicyIdentity, AttributeList>();
  return (policy) => {
    const known = blocks.get(policy);
    if (known !== undefined) return known;
    const block = new AttributeList()
      .set(ATTRIBUTE.policyRevision.name, policy.revision)
      .set(ATTRIBUTE.policyDigest.name, policy.digest)
      .set(ATTRIBUTE.policyEntrypoint.name, policy.entrypoint);
    blocks.set(policy, block);
    return block;
  };
}

/** `all`: every tag that policy attributed, within the bounds; a set: those keys of them only. */
export type AllowedTags = 'all' | ReadonlySet<string>;

export function setTags(list: AttributeSink, tags: Attribution['tags'], allowed: AllowedTags): void {
  if (tags === undefined) return;
  let count = 0;
  for (const key in tags) {
    if (count >= TAG_BOUNDS.count) return;
    const value = tags[key];
    if (value === undefined || (allowed !== 'all' && !allowed.has(key))) continue;
    list.set(TAG_PREFIX + cleanText(key, TAG_BOUNDS.keyChars), cleanText(value, TAG_BOUNDS.valueChars));
    count += 1;
  }
}

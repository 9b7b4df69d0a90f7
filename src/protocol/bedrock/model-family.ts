/** What a model of Bedrock can be asked beyond what Converse has a field for: its maker decides, and its name tells. */

export type ModelFamily =
  /** `version` is major × 100 + minor: 307 is Claude 3.7. */
  | { readonly kind: 'claude'; readonly version: number }
  | { readonly kind: 'nova'; readonly version: number }
  | { readonly kind: 'gpt_oss' }
  /** Also whatever stands behind the name of an application's own profile. */
  | { readonly kind: 'other' };

/** @param model id, inference profile or ARN, such as `us.anthropic.claude-sonnet-4-5-20250929-v1:0` */
export function modelFamily(model: string): ModelFamily {
  if (model.includes('anthropic.claude')) return { kind: 'claude', version: claudeVersion(model) };
  if (model.includes('amazon.nova')) return { kind: 'nova', version: /amazon\.nova-2/.test(model) ? 200 : 100 };
  if (model.includes('openai.gpt-oss')) return { kind: 'gpt_oss' };
  return { kind: 'other' };
}

/** `claude-3-7-sonnet-…`, `claude-opus-4-6-…`, `claude-sonnet-4-20250514-…`; before 3 it was `claude-v2`. */
function claudeVersion(model: string): number {
  const found = /claude-(?:[a-z]+-)?(\d{1,2})(?!\d)(?:-(\d{1,2})(?!\d))?/.exec(model);
  if (found === null) return 200;
  return Number(found[1]) * 100 + Number(found[2] ?? 0);
}

/** Our targets in the catalogue's words. What is not here is asked for under its own name. */

/** Providers of ours → providers of the catalogue. One that is not listed has no prices there, such as a server of one's own. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['google', 'google'],
  ['gemini', 'google'],
  ['vertex', 'google'],
  ['azure', 'azure'],
  ['bedrock', 'aws'],
  ['mistral', 'mistral'],
  ['groq', 'groq'],
  ['deepseek', 'deepseek'],
  ['xai', 'x-ai'],
  ['cohere', 'cohere'],
  ['together', 'together'],
  ['fireworks', 'fireworks'],
  ['perplexity', 'perplexity'],
  ['cerebras', 'cerebras'],
  ['openrouter', 'openrouter'],
  ['moonshot', 'moonshotai'],
]);

/** Where the model is called otherwise; undefined: the catalogue takes the name for another model's. */
const MODELS: ReadonlyMap<string, string | undefined> = new Map([
  ['google/gemini-3-pro', 'gemini-3-pro-preview'],
  ['google/gemini-3-flash', 'gemini-3-flash-preview'],
  ['bedrock/anthropic.claude-haiku-4-5', 'anthropic.claude-haiku-4-5-20251001-v1:0'],
  ['bedrock/meta.llama4-maverick', 'meta.llama4-maverick-17b-instruct-v1:0'],
  ['bedrock/amazon.titan-embed-text-v2', undefined],
  ['mistral/mistral-large-3', 'mistral-large-2512'],
  ['mistral/mistral-medium-3.1', 'mistral-medium-2508'],
  ['mistral/codestral-2', 'codestral-2508'],
]);

export interface CatalogueName {
  readonly provider: string;
  readonly model: string;
}

/**
 * @param given names of the user's, by target: they win
 * @returns undefined where the catalogue cannot know the target
 */
export function catalogueName(target: string, given: ReadonlyMap<string, CatalogueName>): CatalogueName | undefined {
  const own = given.get(target);
  if (own !== undefined) return own;
  const slash = target.indexOf('/');
  const provider = PROVIDERS.get(target.slice(0, Math.max(0, slash)));
  const model = MODELS.has(target) ? MODELS.get(target) : target.slice(slash + 1);
  return provider === undefined || model === undefined ? undefined : { provider, model };
}

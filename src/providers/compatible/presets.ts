/** Who else speaks OpenAI's chat completions: where, and what each spells in its own way, by its own documentation. */
import { type ChatDialect, OPENAI_DIALECT } from '../../protocol/openai-chat/dialect.ts';

export interface Habits extends ChatDialect {
  /** Fields that it refuses, although they change nothing or it does the same unasked. */
  readonly drops?: readonly string[];
  /** Takes ids of tool calls only as it makes them up itself: nine letters and digits. */
  readonly nineCharIds?: true;
  /** Fields by OpenAI's name that it calls otherwise. */
  readonly renames?: Readonly<Record<string, string>>;
}

export interface Preset extends Habits {
  readonly url: string;
}

/** What nearly everybody takes who is not OpenAI. */
export const PLAIN: Habits = { ...OPENAI_DIALECT, outputCap: 'max_tokens', stops: 16, files: false };

const preset = (url: string, habits: Partial<Habits> = {}): Preset => ({ url, ...PLAIN, ...habits });
const NEWER: Partial<Habits> = { outputCap: 'max_completion_tokens' };

export const PRESETS: ReadonlyMap<string, Preset> = new Map([
  ['cerebras', preset('https://api.cerebras.ai/v1', NEWER)],
  ['cohere', preset('https://api.cohere.ai/compatibility/v1', { parallelToolCalls: false })],
  ['deepinfra', preset('https://api.deepinfra.com/v1/openai')],
  [
    'deepseek',
    preset('https://api.deepseek.com/v1', { jsonSchema: false, parallelToolCalls: false, reasoningEffort: false }),
  ],
  ['fireworks', preset('https://api.fireworks.ai/inference/v1', { topK: true })],
  ['groq', preset('https://api.groq.com/openai/v1', NEWER)],
  ['huggingface', preset('https://router.huggingface.co/v1')],
  ['llamacpp', preset('http://127.0.0.1:8080/v1', { topK: true })],
  ['lmstudio', preset('http://127.0.0.1:1234/v1', { topK: true })],
  [
    'mistral',
    preset('https://api.mistral.ai/v1', {
      streamUsage: false,
      drops: ['user', 'store', 'service_tier'],
      renames: { seed: 'random_seed' },
      nineCharIds: true,
    }),
  ],
  ['nvidia', preset('https://integrate.api.nvidia.com/v1')],
  ['ollama', preset('http://127.0.0.1:11434/v1', { parallelToolCalls: false })],
  ['openrouter', preset('https://openrouter.ai/api/v1', { topK: true, files: true })],
  ['perplexity', preset('https://api.perplexity.ai', { topK: true })],
  ['sambanova', preset('https://api.sambanova.ai/v1', { topK: true })],
  ['together', preset('https://api.together.xyz/v1', { topK: true })],
  ['vllm', preset('http://127.0.0.1:8000/v1', { topK: true })],
  ['xai', preset('https://api.x.ai/v1', NEWER)],
]);

/** Which fields of a chat completion have no word in core and change the answer: those are named, the others not. */
import type { Json, JsonObject } from '../../core/json.ts';
import { otherFields } from '../fields.ts';

/** Read into the request. */
const READ = [
  'frequency_penalty',
  'max_completion_tokens',
  'max_tokens',
  'messages',
  'model',
  'parallel_tool_calls',
  'presence_penalty',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'seed',
  'stop',
  'stream',
  'temperature',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
  'user',
] as const;

/** What they change is not the answer: what is kept where, and how chunks are padded. */
const HARMLESS = ['metadata', 'prompt_cache_key', 'prompt_cache_retention', 'store', 'stream_options'] as const;

const KNOWN: ReadonlySet<string> = new Set([...READ, ...HARMLESS]);

/** Fields that change nothing as long as they hold what is the default anyway. */
const DEFAULTS: ReadonlyMap<string, (value: Json | undefined) => boolean> = new Map([
  ['logit_bias', isEmpty],
  ['logprobs', (value) => value === false],
  ['top_logprobs', (value) => value === 0],
  ['n', (value) => value === 1],
  ['modalities', (value) => Array.isArray(value) && value.every((item) => item === 'text')],
  ['service_tier', (value) => value === 'auto' || value === 'default'],
  ['functions', isEmpty],
]);

export function nameUnkept(body: JsonObject, unkept: string[]): void {
  for (const name of otherFields(body, KNOWN)) if (DEFAULTS.get(name)?.(body[name]) !== true) unkept.push(name);
}

function isEmpty(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/**
 * Which fields of a response's body have no word in core and change the answer: those are named, the others not. What
 * would have to be fetched later is refused: there is no way to it here.
 */
import type { Json, JsonObject } from '../../core/json.ts';
import {
  booleanField,
  invalid,
  objectField,
  otherFields,
  shown,
  textListField,
  unsupported,
  wordField,
} from '../fields.ts';

/** Read into the request. */
const READ = [
  'input',
  'instructions',
  'max_output_tokens',
  'model',
  'parallel_tool_calls',
  'reasoning',
  'safety_identifier',
  'stream',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_p',
  'user',
] as const;

/** What they change is not the answer: what is kept where, and how a stream is padded. */
const HARMLESS = [
  'background',
  'include',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'store',
  'stream_options',
  'truncation',
] as const;

const KNOWN: ReadonlySet<string> = new Set([...READ, ...HARMLESS]);

/** Fields that change nothing as long as they hold what is the default anyway. */
const DEFAULTS: ReadonlyMap<string, (value: Json | undefined) => boolean> = new Map([
  ['context_management', (value) => Array.isArray(value) && value.length === 0],
  ['frequency_penalty', (value) => value === 0],
  ['presence_penalty', (value) => value === 0],
  ['service_tier', (value) => value === 'auto' || value === 'default'],
  ['top_logprobs', (value) => value === 0],
]);

/** The one thing to include that an answer has without tools of the vendor, and that core has no word for. */
const LOGPROBS = 'message.output_text.logprobs';
const MAX_INCLUDES = 64;

const TRUNCATIONS = ['auto', 'disabled'] as const;

/** @throws Failure where a field that nobody here reads is of the wrong type, or the answer is not to be waited for */
export function nameUnkept(body: JsonObject, unkept: string[]): void {
  checkUnread(body);
  for (const name of otherFields(body, KNOWN)) if (DEFAULTS.get(name)?.(body[name]) !== true) unkept.push(name);
  const included = textListField(body, 'include', '', { maxItems: MAX_INCLUDES });
  if (included?.includes(LOGPROBS) === true) unkept.push(`include (${LOGPROBS})`);
}

function checkUnread(body: JsonObject): void {
  if (booleanField(body, 'background', '') === true) {
    throw unsupported('background', 'an answer cannot be fetched later: ask for it without, or as a stream');
  }
  booleanField(body, 'store', '');
  wordField(body, 'truncation', '', TRUNCATIONS);
  for (const value of Object.values(objectField(body, 'metadata', '') ?? {})) {
    if (typeof value !== 'string') throw invalid('metadata', `must hold strings alone, not ${shown(value)}`);
  }
}

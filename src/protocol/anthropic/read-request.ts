/** The body of `POST /v1/messages` → a request. */
import type { GenerationRequest } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { asObject, booleanField, countField, invalid, objectField, otherFields, textField } from '../fields.ts';
import { readMessages } from './read-messages.ts';
import { readOutput, readReasoning, readSampling } from './read-options.ts';
import { readTools } from './read-tools.ts';
import { createUnkept, type Unkept } from './unkept.ts';

/** What is read here, or changes nothing of the answer: how it is billed, cached at the vendor, or looked into. */
const KNOWN: ReadonlySet<string> = new Set([
  'cache_control',
  'diagnostics',
  'max_tokens',
  'messages',
  'metadata',
  'model',
  'output_config',
  'output_format',
  'service_tier',
  'speed',
  'stop_sequences',
  'stream',
  'system',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
]);

/** @throws Failure `invalid_request`, `unsupported` or `too_large`, each with the field's name */
export function readRequest(body: Json): GenerationRequest {
  const object = asObject(body, '');
  const maxOutputTokens = countField(object, 'max_tokens', '', { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (maxOutputTokens === undefined) throw invalid('max_tokens', 'is required');
  return { ...read(object, maxOutputTokens), maxOutputTokens };
}

/** The body of `POST /v1/messages/count_tokens`, which is a prompt without a bound on its answer. */
export const readPrompt = (body: Json): GenerationRequest => read(asObject(body, ''), undefined);

function read(body: JsonObject, maxTokens: number | undefined): GenerationRequest {
  const unkept = createUnkept();
  const model = textField(body, 'model', '');
  if (model === '') throw invalid('model', 'must not be empty');
  nameUnkept(body, unkept);
  const user = textField(objectField(body, 'metadata', '') ?? {}, 'user_id', 'metadata');
  return {
    kind: 'generation',
    protocol: 'anthropic-messages',
    ...(model === undefined ? undefined : { model }),
    messages: readMessages(body, unkept),
    ...readTools(body, unkept),
    output: readOutput(body, unkept),
    sampling: readSampling(body),
    ...readReasoning(body, maxTokens, unkept),
    stream: booleanField(body, 'stream', '') ?? false,
    ...(user === undefined ? undefined : { user }),
    body,
    unkept: unkept.names,
  };
}

function nameUnkept(body: JsonObject, unkept: Unkept): void {
  for (const name of otherFields(body, KNOWN)) unkept.add(name);
  // Faster and dearer; nobody else sells it.
  const speed = textField(body, 'speed', '');
  if (speed !== undefined && speed !== 'standard') unkept.add('speed', speed);
  // Fills a cache at Anthropic and answers nothing.
  if (body['max_tokens'] === 0) unkept.add('max_tokens', '0');
}

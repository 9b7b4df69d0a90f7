/** A body of `POST /v1/embeddings` → a request. Source: API reference, "Create embeddings". */
import type { EmbeddingRequest } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import {
  asObject,
  countField,
  invalid,
  otherFields,
  readModel,
  shown,
  textField,
  tooLarge,
  wordField,
} from '../fields.ts';

const MAX_INPUTS = 2048;
const MAX_TOKENS = 1_000_000;
const MAX_DIMENSIONS = 65_536;
const KNOWN: ReadonlySet<string> = new Set(['dimensions', 'encoding_format', 'input', 'model', 'user']);

/** @throws Failure `invalid_request` or `too_large`, each with the field's name */
export function readRequest(json: Json): EmbeddingRequest {
  const body = asObject(json, '');
  const model = readModel(body);
  const dimensions = countField(body, 'dimensions', '', { min: 1, max: MAX_DIMENSIONS });
  const user = textField(body, 'user', '');
  return {
    kind: 'embedding',
    protocol: 'openai-chat',
    ...model,
    inputs: readInputs(body),
    ...(dimensions === undefined ? undefined : { dimensions }),
    encoding: wordField(body, 'encoding_format', '', ['float', 'base64']) ?? 'float',
    ...(user === undefined ? undefined : { user }),
    body,
    unkept: otherFields(body, KNOWN),
  };
}

/** A text, a list of texts, the tokens of one text, or a list of such. */
function readInputs(body: JsonObject): EmbeddingRequest['inputs'] {
  const input = body['input'] ?? undefined;
  if (input === undefined) throw invalid('input', 'is required');
  if (typeof input === 'string') return [readText(input, 'input')];
  if (!Array.isArray(input)) throw invalid('input', `must be a string or a list, not ${shown(input)}`);
  // Of JSON, only a list is an array; the check narrows to `any[]`.
  const items = input as readonly Json[];
  const [first] = items;
  if (first === undefined) throw invalid('input', 'must not be empty');
  if (typeof first === 'number') return [readTokens(items, 'input')];
  if (items.length > MAX_INPUTS) throw tooLarge('input', `must have at most ${MAX_INPUTS} items, not ${items.length}`);
  if (typeof first === 'string') return items.map((item, index) => readText(item, `input[${index}]`));
  return items.map((item, index) => {
    if (Array.isArray(item)) return readTokens(item as readonly Json[], `input[${index}]`); // as above
    throw invalid(`input[${index}]`, `must be a list of tokens, not ${shown(item)}`);
  });
}

function readText(item: Json, at: string): string {
  if (typeof item !== 'string') throw invalid(at, `must be a string, not ${shown(item)}`);
  if (item === '') throw invalid(at, 'must not be empty');
  return item;
}

function readTokens(items: readonly Json[], at: string): readonly number[] {
  if (items.length === 0) throw invalid(at, 'must not be empty');
  if (items.length > MAX_TOKENS) throw tooLarge(at, `must have at most ${MAX_TOKENS} tokens, not ${items.length}`);
  return items.map((item, index) => {
    if (typeof item === 'number' && Number.isInteger(item) && item >= 0 && item <= 0xffffffff) return item;
    throw invalid(`${at}[${index}]`, `must be a token, a whole number, not ${shown(item)}`);
  });
}

/** `text` → what the answer must look like. */
import type { OutputFormat } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { invalid, objectField, otherFields, textField, wordField } from '../fields.ts';
import { readNamedSchema } from '../named-schema.ts';

const FORMATS = ['text', 'json_object', 'json_schema'] as const;
const TEXT_FIELDS: ReadonlySet<string> = new Set(['format', 'verbosity']);
/** Of every model. */
const DEFAULT_VERBOSITY = 'medium';

/** @param unkept gets how long the answer should be, which is no word of core */
export function readOutput(body: JsonObject, unkept: string[]): OutputFormat {
  const text = objectField(body, 'text', '');
  if (text === undefined) return { kind: 'text' };
  const verbosity = textField(text, 'verbosity', 'text');
  if (verbosity !== undefined && verbosity !== DEFAULT_VERBOSITY) unkept.push('text.verbosity');
  for (const name of otherFields(text, TEXT_FIELDS)) unkept.push(`text.${name}`);
  const format = objectField(text, 'format', 'text');
  if (format === undefined) return { kind: 'text' };
  const type = wordField(format, 'type', 'text.format', FORMATS);
  switch (type) {
    case undefined:
      throw invalid('text.format.type', 'is required');
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema':
      return readNamedSchema(format, 'text.format');
  }
}

/** `response_format` → what the answer must look like. */
import type { OutputFormat } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { invalid, objectField, wordField } from '../fields.ts';
import { readNamedSchema } from '../named-schema.ts';

const FORMATS = ['text', 'json_object', 'json_schema'] as const;

export function readOutput(body: JsonObject): OutputFormat {
  const format = objectField(body, 'response_format', '');
  if (format === undefined) return { kind: 'text' };
  const type = wordField(format, 'type', 'response_format', FORMATS);
  switch (type) {
    case undefined:
      throw invalid('response_format.type', 'is required');
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema':
      return readSchema(format);
  }
}

function readSchema(format: JsonObject): OutputFormat {
  const at = 'response_format.json_schema';
  const said = objectField(format, 'json_schema', 'response_format');
  if (said === undefined) throw invalid(at, 'is required');
  return readNamedSchema(said, at);
}

/** The schema of a structured output in OpenAI's APIs. */
import type { OutputFormat } from '../core/generation.ts';
import type { JsonObject } from '../core/json.ts';
import { booleanField, requiredText, textField } from './fields.ts';
import { checkJsonSchema, checkToolName } from './tool-schema.ts';

/** `{name, schema, description?, strict?}`: what an answer of a schema must look like, as OpenAI's APIs say it. */
export function readNamedSchema(said: JsonObject, at: string): OutputFormat {
  const name = checkToolName(requiredText(said, 'name', at), `${at}.name`, 64);
  const description = textField(said, 'description', at);
  const strict = booleanField(said, 'strict', at);
  return {
    kind: 'json_schema',
    name,
    schema: checkJsonSchema(said['schema'], `${at}.schema`),
    ...(description === undefined ? undefined : { description }),
    ...(strict === undefined ? undefined : { strict }),
  };
}

/**
 * json.marshal_with_options.
 * Owns: its options. May import: JSON texts and operands beside it. Fails: undefined where an option is unknown or ill-typed.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { type Indentation, writeJson } from './go-json.ts';
import { chargeText, objectOperand, stringOperand, undefinedBecause } from './operand.ts';
import { entriesOf } from './value.ts';

const MAX_INDENT_LENGTH = 100;

function marshalWithOptions(evaluation: BuiltinContext, value: unknown, options: unknown): string {
  let prefix = '';
  let indent = '\t';
  let pretty: boolean | undefined;
  let implied = false;
  for (const [key, option] of entriesOf(objectOperand(options, 2))) {
    if (key === 'pretty') pretty = typeof option === 'boolean' ? option : undefinedBecause('pretty must be a boolean');
    else if (key === 'prefix') prefix = stringOperand(option, 2);
    else if (key === 'indent') indent = stringOperand(option, 2);
    else undefinedBecause(`object contained unknown key ${String(key)}`);
    implied ||= key !== 'pretty';
  }
  if (prefix.length + indent.length > MAX_INDENT_LENGTH) undefinedBecause('prefix and indent are too long');
  const layout: Indentation | undefined = (pretty ?? implied) ? { prefix, indent } : undefined;
  const text = (layout?.prefix ?? '') + writeJson(value, layout);
  chargeText(evaluation, 'json.marshal_with_options', text.length);
  return text;
}

export const JSON_TEXT: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['json.marshal_with_options', marshalWithOptions],
];

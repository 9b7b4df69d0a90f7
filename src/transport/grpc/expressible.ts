/**
 * Refuses, before anything is sent, a document that its message cannot say. Protobuf's writer would drop an unknown
 * field and bend a wrong type, in silence; the server could not know.
 */
import protobuf from 'protobufjs';
import { Failure } from '../../core/failure.ts';
import { typeOf } from './wire.ts';

/**
 * @param typeName full name of the message
 * @throws Failure `invalid_request` that names the field
 */
export function requireExpressible(typeName: string, document: unknown): void {
  walk(typeOf(typeName), document, '');
}

function walk(type: protobuf.Type, document: unknown, at: string): void {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    refuse(at, 'must be an object', document);
  for (const [name, value] of Object.entries(document)) {
    const field = type.fields[name];
    if (field === undefined) refuse(at, `unknown field ${JSON.stringify(name)}`);
    walkField(field, value, `${at}/${name}`);
  }
}

function walkField(field: protobuf.Field, value: unknown, at: string): void {
  if (value === undefined) return;
  if (field instanceof protobuf.MapField) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(at, 'must be an object', value);
    for (const [key, entry] of Object.entries(value)) walkValue(field, entry, `${at}/${key}`);
  } else if (field.repeated) {
    if (!Array.isArray(value)) refuse(at, 'must be an array', value);
    for (const [index, entry] of value.entries()) walkValue(field, entry, `${at}/${index}`);
  } else {
    walkValue(field, value, at);
  }
}

function walkValue(field: protobuf.Field, value: unknown, at: string): void {
  if (field.resolvedType instanceof protobuf.Type) {
    walk(field.resolvedType, value, at);
    return;
  }
  const kind = KINDS[field.type];
  if (kind === undefined)
    throw new Failure('internal', `${at}: no message of the service has fields of type ${field.type}`);
  if (!kind.fits(value)) refuse(at, kind.rule, value);
}

interface Kind {
  readonly rule: string;
  readonly fits: (value: unknown) => boolean;
}

const isWhole = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

const KINDS: Readonly<Record<string, Kind>> = {
  string: { rule: 'must be string', fits: (value) => typeof value === 'string' },
  bool: { rule: 'must be boolean', fits: (value) => typeof value === 'boolean' },
  int32: { rule: 'must be a 32-bit integer', fits: (value) => isWhole(value, -(2 ** 31), 2 ** 31 - 1) },
  uint32: { rule: 'must be an unsigned 32-bit integer', fits: (value) => isWhole(value, 0, 2 ** 32 - 1) },
  int64: { rule: 'must be integer', fits: (value) => Number.isSafeInteger(value) },
  double: { rule: 'must be number', fits: (value) => typeof value === 'number' },
};

function refuse(at: string, rule: string, actual?: unknown): never {
  const plain =
    typeof actual === 'object' || actual === undefined
      ? ''
      : ` (actual: ${typeof actual === 'string' ? JSON.stringify(actual) : String(actual)})`;
  const fault = { at: at === '' ? '/' : at, message: rule + plain };
  throw new Failure('invalid_request', `${fault.at}: ${fault.message}`, { faults: [fault] });
}

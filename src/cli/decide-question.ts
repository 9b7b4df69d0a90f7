/** The request of `turnpike decide`: a JSON document, flags, or a document that flags add to. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { Io } from './io.ts';

export interface QuestionFlags {
  readonly operation?: string;
  readonly model?: string;
  readonly task?: string;
  readonly priority?: string;
  readonly stream?: boolean;
  readonly inputTokens?: number;
  readonly maxOutputTokens?: number;
  readonly need?: readonly string[];
  readonly dataClass?: string;
  readonly region?: string;
  readonly tag?: readonly string[];
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly subject?: string;
  readonly role?: readonly string[];
}

/** What `POST /v1/decide` takes; still unchecked, the server checks it. */
export interface Question {
  readonly call: Readonly<Record<string, unknown>>;
  readonly [part: string]: unknown;
}

/** @param document path of a JSON file, `-` for standard input, or nothing */
export async function readQuestion(document: string | undefined, flags: QuestionFlags, io: Io): Promise<Question> {
  const base = document === undefined ? {} : await readDocument(document, io);
  const call = { operation: 'chat', ...group(base, 'call', document), ...callOf(flags) };
  const caller = { ...group(base, 'caller', document), ...callerOf(flags) };
  return { ...base, call, ...(Object.keys(caller).length === 0 ? {} : { caller }) };
}

function callOf(flags: QuestionFlags): Record<string, unknown> {
  return said({
    operation: flags.operation,
    model: flags.model,
    task: flags.task,
    priority: flags.priority,
    stream: flags.stream,
    input_tokens: flags.inputTokens,
    max_output_tokens: flags.maxOutputTokens,
    needs: flags.need,
    data_class: flags.dataClass,
    region: flags.region,
    tags: flags.tag === undefined ? undefined : Object.fromEntries(flags.tag.map(tagOf)),
  });
}

function callerOf(flags: QuestionFlags): Record<string, unknown> {
  const { subject, team, application, environment, role: roles } = flags;
  return said({ subject, team, application, environment, roles });
}

const said = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function tagOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Failure('invalid_request', `--tag: must be name=value (actual: "${text}")`);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function readDocument(document: string, io: Io): Promise<Record<string, unknown>> {
  const name = document === '-' ? 'standard input' : document;
  let text: string;
  try {
    text = document === '-' ? await io.readStdin() : await readFile(resolve(io.cwd, document), 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    const why = code === 'ENOENT' ? 'no such file' : code;
    throw new Failure('invalid_request', `${name}: ${why}`, { cause });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'not JSON';
    throw new Failure('invalid_request', `${name}: is not JSON: ${why}`, { cause });
  }
  return record(parsed, name);
}

function group(base: Readonly<Record<string, unknown>>, part: string, document: string | undefined) {
  const value = base[part];
  return value === undefined ? {} : record(value, `${document ?? ''}: ${part}`);
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Failure('invalid_request', `${name}: must be an object`);
  }
  return { ...value };
}

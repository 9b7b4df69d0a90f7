/**
 * Owns the compiler's process: started at the first request, one request at a time, killed on close or past the limit.
 * May import core and node:child_process. Fails with `deadline_exceeded` when a request passes its limit,
 * `compiler_unavailable` when the process does not start or dies (its last words included), `internal` when the
 * compiler says that a request made no sense to it. After a failure the next request starts a new process.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { extname, join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import type { Diagnostic } from './diagnostic.ts';

export type Answer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'findings'; readonly diagnostics: readonly Diagnostic[] };

export interface CompilerProcess {
  ask(operation: string, params: object): Promise<Answer>;
  close(): void;
}

export interface ProcessOptions {
  /** Milliseconds that one request may take. */
  readonly timeLimitMs: number;
  /** Bytes that one answer may have. */
  readonly maxAnswerBytes: number;
  /** Optimise what runs often: slower by a second at first, twice as fast after ten. */
  readonly optimize: boolean;
}

interface Wire {
  readonly id: number;
  readonly ok: boolean;
  readonly result?: unknown;
  readonly diagnostics?: readonly Diagnostic[];
  readonly error?: string;
}

interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly nextLine: () => Promise<string>;
}

// This file and the host are side by side both as sources (.ts) and in the package (.js).
const HOST = join(import.meta.dirname, `host${extname(import.meta.filename)}`);
// For a few requests the baseline compiler alone answers two to three times sooner than tiering up does.
const BASELINE_ONLY = '--liftoff-only';
const KEPT_ERROR_CHARS = 4_000;

export function createCompilerProcess(wasmPath: () => Promise<string>, options: ProcessOptions): CompilerProcess {
  let child: Child | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let lastId = 0;
  let closed = false;

  const stop = (): void => {
    child?.process.kill('SIGKILL');
    child = undefined;
  };

  const askNow = async (operation: string, params: object): Promise<Answer> => {
    if (closed) throw new Failure('compiler_unavailable', 'the policy compiler is closed');
    lastId += 1;
    const id = lastId;
    child ??= start(await wasmPath(), options);
    const serving = child;
    hold(serving.process, true);
    try {
      serving.process.stdin.write(`${JSON.stringify({ ...params, id, op: operation })}\n`);
      const line = await withinLimit(serving.nextLine(), options.timeLimitMs, operation);
      return interpret(parseAnswer(line), id, operation);
    } catch (reason) {
      // Whatever went wrong, the next answer on this pipe could belong to the wrong question.
      if (child === serving) stop();
      throw reason;
    } finally {
      hold(serving.process, false);
    }
  };

  return {
    ask(operation, params) {
      const asked = queue.then(() => askNow(operation, params));
      queue = asked.catch(() => undefined);
      return asked;
    },
    close() {
      closed = true;
      stop();
    },
  };
}

function start(wasmPath: string, { maxAnswerBytes, optimize }: ProcessOptions): Child {
  const flags = optimize ? ['--no-warnings'] : ['--no-warnings', BASELINE_ONLY];
  const started = spawn(process.execPath, [...flags, HOST, wasmPath], { stdio: 'pipe', env: {} });
  const words = { text: '' };
  let waiting: PromiseWithResolvers<string> | undefined;
  let parts: Buffer[] = [];
  let sizeBytes = 0;
  let broken: Failure | undefined;

  const fail = (failure: Failure): void => {
    broken ??= failure;
    started.kill('SIGKILL');
    waiting?.reject(broken);
    waiting = undefined;
  };
  started.stderr.setEncoding('utf8').on('data', (text: string) => {
    words.text = (words.text + text).slice(-KEPT_ERROR_CHARS);
  });
  // A write to a process that just died: its exit tells more than the broken pipe does.
  started.stdin.on('error', () => undefined);
  started.on('error', (cause) => fail(unavailable('cannot be started', '', cause)));
  started.on('close', (code, signal) => fail(unavailable(`ended (${signal ?? `exit code ${code}`})`, words.text)));
  started.stdout.on('data', (part: Buffer) => {
    const end = part.indexOf(0x0a);
    if (end < 0) {
      parts.push(part);
      sizeBytes += part.length;
      if (sizeBytes > maxAnswerBytes)
        fail(new Failure('too_large', `the compiler's answer passes ${maxAnswerBytes} bytes`));
      return;
    }
    const line = Buffer.concat([...parts, part.subarray(0, end)]).toString('utf8');
    parts = [part.subarray(end + 1)];
    sizeBytes = parts[0]?.length ?? 0;
    waiting?.resolve(line);
    waiting = undefined;
  });
  return {
    process: started,
    nextLine() {
      if (broken !== undefined) return Promise.reject(broken);
      waiting = Promise.withResolvers<string>();
      return waiting.promise;
    },
  };
}

function unavailable(what: string, words: string, cause?: unknown): Failure {
  const reason = words
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
  const message = `the policy compiler's process ${what}${reason === undefined ? '' : `: ${reason}`}`;
  return new Failure('compiler_unavailable', message, { cause: cause ?? (words === '' ? undefined : words) });
}

async function withinLimit<T>(work: Promise<T>, limitMs: number, operation: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Failure('deadline_exceeded', `policy ${operation} took longer than ${limitMs} ms and was stopped`));
  }, limitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // The loser of the race may still be rejected when the process is killed.
    work.catch(() => undefined);
  }
}

function parseAnswer(line: string): Wire {
  try {
    // The other end is our own program, built from sources of this version: its shape is held by the tests.
    return JSON.parse(line) as Wire;
  } catch (cause) {
    throw new Failure('internal', "the compiler's answer is not JSON", { cause });
  }
}

function interpret(wire: Wire, id: number, operation: string): Answer {
  if (wire.id !== id) throw new Failure('internal', `the compiler answered request ${wire.id} instead of ${id}`);
  if (wire.ok) return { kind: 'result', result: wire.result };
  if (wire.diagnostics !== undefined) return { kind: 'findings', diagnostics: wire.diagnostics };
  throw new Failure('policy_invalid', `policy ${operation}: ${wire.error ?? 'failed without a reason'}`);
}

/** Keeps Node alive while a request runs and not otherwise, so that a forgotten compiler stops nobody from leaving. */
function hold(child: ChildProcessWithoutNullStreams, busy: boolean): void {
  const streams: readonly unknown[] = [child, child.stdin, child.stdout, child.stderr];
  for (const each of streams) {
    if (!isHoldable(each)) continue;
    if (busy) each.ref();
    else each.unref();
  }
}

/** Pipes of a child are sockets, which its type does not say. */
function isHoldable(value: unknown): value is { ref(): void; unref(): void } {
  return typeof value === 'object' && value !== null && 'ref' in value && 'unref' in value;
}

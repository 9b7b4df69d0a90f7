/**
 * Owns the credentials of vendors: where each is kept, when it is read again, and that it is never shown. May import
 * core. A credential that cannot be had is a Failure `unavailable` that says why, and never what it is.
 */
import { inspect } from 'node:util';
import { Failure } from '../core/failure.ts';
import { parseSecretReference } from '../core/secret-reference.ts';
import { createCommandReader } from './secret-command.ts';
import { createFileReader } from './secret-file.ts';
import type { SecretReader } from './secret-reader.ts';

/** Text that shows itself only to who asks for it by name. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

export interface SecretSource {
  /**
   * A promise only where it must be fetched first.
   * @throws Failure `unavailable`
   */
  current(): Secret | Promise<Secret>;
  /** It was refused: the next one is read anew, where it can be. */
  rejected(): void;
  /** The text without what was ever read here, whole or in part. */
  conceal(text: string): string;
}

export interface SecretDependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
}

/** After a refusal, it is read again at most so often. */
const REJECTED_PAUSE_MS = 5_000;
/** After it could not be read, others are told the same for so long. */
const FAILED_PAUSE_MS = 1_000;
/** Values that are concealed: the one in use, and those just before it. */
const REMEMBERED = 4;
const MAX_LENGTH = 16 * 1024;

/**
 * @param what names the credential in failures, such as `the api_key of openai`
 * @throws Failure `config_invalid` where the reference is none, or names a variable that is not set
 */
export function createSecretSource(what: string, reference: string, dependencies: SecretDependencies): SecretSource {
  const parsed = parseSecretReference(reference);
  switch (parsed?.kind) {
    case 'env': {
      const text = dependencies.env[parsed.name]?.trim() ?? '';
      if (text === '') throw new Failure('config_invalid', `${what}: the variable ${parsed.name} is not set`);
      return fixedSource(checked(text, what, 'config_invalid'));
    }
    case 'file':
      return keptSource(what, createFileReader(parsed.path), dependencies.nowMs);
    case 'command':
      return keptSource(what, createCommandReader(parsed.program, parsed.args, dependencies.env), dependencies.nowMs);
    case undefined:
      throw new Failure('config_invalid', `${what} must be env:NAME, file:/path or command:program arguments`);
  }
}

/** Read once, where it is needed as it is. @throws as `createSecretSource` and its `current` */
export async function revealSecret(what: string, reference: string, dependencies: SecretDependencies): Promise<string> {
  return (await createSecretSource(what, reference, dependencies).current()).reveal();
}

function fixedSource(text: string): SecretSource {
  const secret = new Secret(text);
  return { current: () => secret, rejected: () => undefined, conceal: (from) => concealed(from, [text]) };
}

/** Goes on with what it has while it reads again, and after reading failed; a refused one it does not keep. */
function keptSource(what: string, reader: SecretReader, nowMs: () => number): SecretSource {
  let kept: { readonly secret: Secret; readonly text: string; readonly readAtMs: number } | undefined;
  let running: Promise<Secret> | undefined;
  let isRejected = false;
  let known: readonly string[] = [];
  let failed: { readonly failure: Failure; readonly atMs: number } | undefined;

  const read = async (): Promise<Secret> => {
    try {
      const text = checked((await reader.read()).trim(), 'it', 'unavailable');
      const isSame = kept?.text === text;
      const secret = isSame && kept !== undefined ? kept.secret : new Secret(text);
      kept = { secret, text, readAtMs: nowMs() };
      if (!isSame) known = [text, ...known].slice(0, REMEMBERED);
      isRejected = false;
      return secret;
    } catch (reason) {
      if (kept !== undefined) kept = { ...kept, readAtMs: nowMs() };
      // The cause may quote what a program printed: it is not kept.
      const failure = new Failure('unavailable', `${what}: ${Failure.from(reason).message}`);
      failed = { failure, atMs: nowMs() };
      throw failure;
    } finally {
      running = undefined;
    }
  };

  return {
    current() {
      if (kept === undefined) {
        if (failed !== undefined && nowMs() - failed.atMs < FAILED_PAUSE_MS) throw failed.failure;
        running ??= read();
        return running;
      }
      const ageMs = nowMs() - kept.readAtMs;
      if (isRejected && ageMs >= REJECTED_PAUSE_MS) {
        running ??= read();
        return running;
      }
      if (ageMs >= reader.freshMs) {
        running ??= read();
        running.catch(() => undefined);
      }
      return kept.secret;
    },
    rejected() {
      isRejected = true;
    },
    conceal: (from) => concealed(from, known),
  };
}

/** What goes into a header: one line of visible characters. */
function checked(text: string, what: string, code: 'config_invalid' | 'unavailable'): string {
  if (text === '') throw new Failure(code, `${what} is empty`);
  if (text.length > MAX_LENGTH) throw new Failure(code, `${what} has more than ${MAX_LENGTH} characters`);
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Failure(code, `${what} is not one line of visible ASCII characters`);
  return text;
}

/** Shorter pieces of a credential are words that anything may contain. */
const TELLING_LENGTH = 8;

/** The text without the values, and without their pieces: vendors quote keys masked in the middle. */
export function concealed(text: string, values: readonly string[]): string {
  let safe = text;
  for (const value of values) safe = safe.replaceAll(value, '[secret]');
  return safe.replace(/[\w.~+/=-]{8,}/g, (word) => (values.some((value) => tells(word, value)) ? '[secret]' : word));
}

function tells(word: string, value: string): boolean {
  for (let at = 0; at + TELLING_LENGTH <= word.length; at++) {
    if (value.includes(word.slice(at, at + TELLING_LENGTH))) return true;
  }
  return false;
}

/**
 * What a simulated vendor is told to do. Behind the model's name, `echo?tokens=50&latency_ms=200`, or in the last
 * message of the user, `[simulate fail=rate_limited retry_after_ms=1000]`, which wins.
 *
 * | option | what it does |
 * |---|---|
 * | `latency_ms` | time before the first word, or the whole answer |
 * | `token_ms` | time between two words of a stream |
 * | `tokens` | words of the answer, repeated or cut to so many |
 * | `fail` | fails with this outcome, such as `rate_limited`, instead of answering |
 * | `retry_after_ms` | with `fail`: how long it asks to be left alone |
 * | `cut_after` | the connection breaks after so many words |
 * | `answer` | `empty`, `refusal`, or `truncated` (at its half, for want of tokens) |
 */
import type { FailedOutcome } from '../../core/attempt-failure.ts';
import { ATTEMPT_OUTCOMES } from '../../core/facts.ts';

export interface Script {
  readonly latencyMs: number;
  readonly tokenMs: number;
  readonly tokens?: number;
  readonly fail?: FailedOutcome;
  readonly retryAfterMs?: number;
  readonly cutAfter?: number;
  readonly answer?: 'empty' | 'refusal' | 'truncated';
}

export type ReadScript =
  | { readonly kind: 'script'; readonly model: string; readonly script: Script }
  | { readonly kind: 'faulty'; readonly message: string };

const PLAIN: Script = { latencyMs: 0, tokenMs: 0 };
const LONGEST_MS = 600_000;
const MOST_TOKENS = 100_000;
const DIRECTIVE = /\[simulate((?: [a-z_]{1,20}=[\w.]{1,30}){0,10})\]/;

/**
 * @param model the target's model, with or without options
 * @param prompt the last text of the user
 */
export function readScript(model: string, prompt: string): ReadScript {
  const mark = model.indexOf('?');
  const name = mark === -1 ? model : model.slice(0, mark);
  const directive = prompt.includes('[simulate') ? DIRECTIVE.exec(prompt)?.[1] : undefined;
  if (mark === -1 && directive === undefined) return { kind: 'script', model, script: PLAIN };
  const options = [
    ...(mark === -1 ? [] : model.slice(mark + 1).split('&')),
    ...(directive === undefined ? [] : directive.trim().split(' ')),
  ];
  let script = PLAIN;
  for (const option of options) {
    if (option === '') continue;
    const [key = '', value = ''] = option.split('=', 2);
    const read = readOption(key, value);
    if (read === undefined) {
      return { kind: 'faulty', message: `the simulation knows no option ${option.slice(0, 64)}` };
    }
    script = { ...script, ...read };
  }
  return { kind: 'script', model: name, script };
}

function readOption(key: string, value: string): Partial<Script> | undefined {
  switch (key) {
    case 'latency_ms':
      return number(value, LONGEST_MS, (latencyMs) => ({ latencyMs }));
    case 'token_ms':
      return number(value, LONGEST_MS, (tokenMs) => ({ tokenMs }));
    case 'tokens':
      return number(value, MOST_TOKENS, (tokens) => ({ tokens }));
    case 'retry_after_ms':
      return number(value, LONGEST_MS, (retryAfterMs) => ({ retryAfterMs }));
    case 'cut_after':
      return number(value, MOST_TOKENS, (cutAfter) => ({ cutAfter }));
    case 'fail':
      return isFailedOutcome(value) ? { fail: value } : undefined;
    case 'answer':
      return value === 'empty' || value === 'refusal' || value === 'truncated' ? { answer: value } : undefined;
    default:
      return undefined;
  }
}

const number = (value: string, max: number, as: (value: number) => Partial<Script>): Partial<Script> | undefined =>
  /^\d{1,6}$/.test(value) && Number(value) <= max ? as(Number(value)) : undefined;

const isFailedOutcome = (value: string): value is FailedOutcome =>
  value !== 'ok' && ATTEMPT_OUTCOMES.some((outcome) => outcome === value);

/**
 * Alerts posted as JSON to a URL, one after another. What fails is tried again, longer and longer apart; what a receiver
 * refuses for good, or finds no room to wait, is dropped and told. A delivery may arrive twice: its id says so. Neither
 * the path of the URL nor the secret is ever told: many a webhook is secret by its URL.
 */
import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import { Failure } from '../core/failure.ts';
import { type Alert, type AlertSink, alertDocument } from './alert.ts';
import type { AlertTimers } from './alerts.ts';

export interface WebhookOptions {
  /** Of http or https. */
  readonly url: string;
  /** Signs; read anew for every delivery. */
  readonly secret?: SigningSecret;
  /** For one request and its answer; default 10 s. */
  readonly timeoutMs?: number;
  /** Requests for one alert; default 8. */
  readonly attempts?: number;
  /** Upper bound of the first wait; default 1 s, doubled each time. */
  readonly baseMs?: number;
  /** Upper bound of every wait; default 1 minute. */
  readonly capMs?: number;
  /** Alerts that may wait; default 1,000. */
  readonly queueMax?: number;
  /** What closing may take; default 5 s. */
  readonly closeMs?: number;
}

export interface SigningSecret {
  current(): { reveal(): string } | Promise<{ reveal(): string }>;
}

export interface WebhookDependencies {
  readonly clock: { nowMs(): number };
  readonly timers: AlertTimers;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly warn: (message: string) => void;
}

/** @throws Failure `config_invalid` where the URL is none of http or https, or holds a credential */
export function createWebhookSink(options: WebhookOptions, dependencies: WebhookDependencies): AlertSink {
  const { timeoutMs = 10_000, attempts = 8, baseMs = 1_000, capMs = 60_000 } = options;
  const { queueMax = 1_000, closeMs = 5_000 } = options;
  const { clock, timers, random, warn } = dependencies;
  const url = checkedUrl(options.url);
  const agent = new Agent({ connections: 1, connect: { timeout: timeoutMs } });
  const leaving = new AbortController();
  const queue: Alert[] = [];
  let working: Promise<void> | undefined;
  let closing = false;
  let wake: () => void = () => undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = timers.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });

  const post = async (alert: Alert): Promise<Answer> => {
    const body = JSON.stringify({ version: 1, ...alertDocument(alert) });
    const secret = await options.secret?.current();
    const signed = secret === undefined ? {} : signature(secret.reveal(), Math.floor(clock.nowMs() / 1000), body);
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'turnpike-alert-id': encodeURI(alert.id), ...signed },
      body,
      dispatcher: agent,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.any([leaving.signal, AbortSignal.timeout(timeoutMs)]),
    });
    await answer.body.dump();
    return answerOf(answer.statusCode, answer.headers['retry-after']);
  };

  const deliver = async (alert: Alert): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      // Whoever is closing tries once more, and then gives up.
      const last = closing || attempt >= attempts;
      const answer = await post(alert).catch((reason: unknown): Answer => ({ kind: 'again', why: whyOf(reason) }));
      if (answer.kind === 'taken') return;
      if (answer.kind === 'refused' || last || leaving.signal.aborted) {
        warn(`alerts: "${alert.id}" was not delivered to ${url.origin}: ${answer.why}`);
        return;
      }
      if (closing) continue;
      await pause(Math.max(waitMs(attempt, baseMs, capMs, random()), Math.min(answer.afterMs ?? 0, capMs)));
    }
  };

  const work = async (): Promise<void> => {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      await deliver(next);
      queue.shift();
    }
    working = undefined;
  };

  return {
    send(alert) {
      if (closing || queue.length >= queueMax) {
        warn(
          `alerts: "${alert.id}" was not delivered to ${url.origin}: ${closing ? 'closing' : `${queueMax} wait already`}`,
        );
        return;
      }
      queue.push(alert);
      working ??= work();
    },
    async close() {
      closing = true;
      wake();
      const cancel = timers.after(closeMs, () => leaving.abort());
      await working;
      cancel();
      await agent.destroy();
    },
  };
}

type Answer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'again'; readonly why: string; readonly afterMs?: number };

/** A redirect is not followed: what is signed is for the one whom it is addressed to. */
function answerOf(status: number, retryAfter: string | readonly string[] | undefined): Answer {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const why = `status ${status}`;
  if (status < 500 && status !== 408 && status !== 425 && status !== 429) return { kind: 'refused', why };
  const seconds = typeof retryAfter === 'string' && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  return { kind: 'again', why, ...(seconds === undefined ? {} : { afterMs: seconds * 1000 }) };
}

/** The code of what the connection met, and no text: that may hold the whole URL. */
function whyOf(reason: unknown): string {
  if (reason instanceof Failure) return reason.message;
  const code: unknown = reason instanceof Error && 'code' in reason ? reason.code : undefined;
  if (typeof code === 'string') return code;
  return reason instanceof Error && reason.name === 'TimeoutError' ? 'no answer in time' : 'no connection';
}

/** Exponential, with full jitter, bounded. */
const waitMs = (failures: number, baseMs: number, capMs: number, random: number): number =>
  random * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 30));

/** Of the moment and the body, so that what was overheard cannot be sent again later. */
function signature(secret: string, unixSeconds: number, body: string): Readonly<Record<string, string>> {
  const hex = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex');
  return { 'turnpike-signature': `t=${unixSeconds},v1=${hex}` };
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Failure('config_invalid', 'alerts.webhook_url: must be an http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw new Failure('config_invalid', 'alerts.webhook_url: must not hold a credential');
  }
  return url;
}

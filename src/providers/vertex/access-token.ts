/**
 * Access tokens of Google, kept until shortly before they end. Callers that come together share one fetch; while a new
 * one is fetched ahead of time, the one before is still used.
 */
import { concealed } from '../secrets.ts';
import type { Credentials } from '../vendor.ts';

export interface AccessToken {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly endsAtMs: number;
}

export interface AccessTokenDependencies {
  /** @throws Failure `unavailable` that quotes no credential */
  readonly fetch: () => Promise<AccessToken>;
  readonly nowMs: () => number;
}

/** Before its end: from then on a new one is fetched, but the old one serves. */
const REFRESH_MS = 5 * 60_000;
/** Before its end: from then on it does not serve. A request may be on its way for so long. */
const MARGIN_MS = 30_000;
/** After a refusal, or a fetch that failed, one is fetched at most so often. */
const PAUSE_MS = 5_000;
/** Tokens that are concealed: the one in use, and those just before it. */
const REMEMBERED = 4;

export function createTokenCredentials({ fetch, nowMs }: AccessTokenDependencies): Credentials {
  let kept: { readonly token: AccessToken; readonly headers: readonly string[] } | undefined;
  let running: Promise<readonly string[]> | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let known: readonly string[] = [];
  let isRejected = false;

  const fetchAnew = async (): Promise<readonly string[]> => {
    askedAtMs = nowMs();
    try {
      const token = await fetch();
      kept = { token, headers: ['authorization', `Bearer ${token.text}`] };
      known = [token.text, ...known].slice(0, REMEMBERED);
      isRejected = false;
      return kept.headers;
    } finally {
      running = undefined;
    }
  };

  return {
    headersFor() {
      const leftMs = kept === undefined ? 0 : kept.token.endsAtMs - nowMs();
      const isPaused = nowMs() - askedAtMs < PAUSE_MS;
      if (kept === undefined || leftMs <= MARGIN_MS || (isRejected && !isPaused)) {
        running ??= fetchAnew();
        return running;
      }
      if (leftMs <= REFRESH_MS && !isPaused) {
        running ??= fetchAnew();
        // Whoever needs it learns of it, once the one before no longer serves.
        running.catch(() => undefined);
      }
      return kept.headers;
    },
    rejected() {
      isRejected = true;
    },
    conceal: (text) => concealed(text, known),
  };
}

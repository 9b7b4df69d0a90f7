/**
 * Owns a vendor that needs no key and no network: it answers every request the same way every time, from the request
 * alone, and fails as its script says (see `script.ts`). May import core and the executor's port. It never throws.
 */

import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { CancelSignal } from '../../core/cancellation.ts';
import type { ModelRequest } from '../../core/generation.ts';
import type { ModelReply } from '../../core/reply.ts';
import { estimateInputTokens } from '../../core/token-estimate.ts';
import type { Provider, ProviderCall, ProviderReply } from '../../executor/provider.ts';
import { answerTo, lastPrompt, replyOf } from './answer.ts';
import { readScript, type Script } from './script.ts';
import { vectorsFor } from './vectors.ts';
import { createWordStream } from './word-stream.ts';

export function createSimulatedProvider(): Provider {
  let replies = 0;
  return {
    unsupported: () => [],
    async send(call) {
      const read = readScript(call.model, promptOf(call.request));
      if (read.kind === 'faulty') return failed({ outcome: 'invalid_request', message: read.message, status: 400 });
      const { script, model } = read;
      if (script.latencyMs > 0) await pause(script.latencyMs, call.signal);
      if (call.signal.aborted) return failed({ outcome: 'cancelled', message: 'the request was cancelled' });
      if (script.fail !== undefined) return failed(failureOf(script, script.fail));
      replies += 1;
      return answered(call, model, script, `simulated-${replies}`);
    },
  };
}

function answered(call: ProviderCall, model: string, script: Script, id: string): ProviderReply {
  const { request, maxOutputTokens, signal } = call;
  if (request.kind !== 'generation') {
    return script.cutAfter === undefined ? whole(otherReply(request, model)) : failed(CUT);
  }
  const answer = answerTo({ request, model, maxOutputTokens, inputTokens: estimateInputTokens(request) }, script);
  if (!request.stream) return script.cutAfter === undefined ? whole(replyOf(answer, id, model)) : failed(CUT);
  const { tokenMs, cutAfter } = script;
  return { kind: 'stream', stream: createWordStream(answer, { id, model, tokenMs, cutAfter, signal }) };
}

function otherReply(request: Exclude<ModelRequest, { kind: 'generation' }>, model: string): ModelReply {
  switch (request.kind) {
    case 'embedding': {
      const tokens = { input: estimateInputTokens(request), output: 0 };
      return { kind: 'embedding', model, vectors: vectorsFor(request), usage: { kind: 'exact', tokens } };
    }
    case 'token_count':
      return { kind: 'token_count', inputTokens: estimateInputTokens(request), source: 'exact' };
  }
}

function promptOf(request: ModelRequest): string {
  switch (request.kind) {
    case 'generation':
      return lastPrompt(request.messages);
    case 'token_count':
      return lastPrompt(request.generation.messages);
    case 'embedding': {
      const [first] = request.inputs;
      return typeof first === 'string' ? first : '';
    }
  }
}

const CUT: AttemptFailure = { outcome: 'connection', message: 'the simulation cut its answer' };

/** What a vendor answers with for each outcome. */
const STATUS = {
  rate_limited: 429,
  unavailable: 503,
  context_length: 400,
  content_filter: 400,
  invalid_request: 400,
  auth: 401,
} as const;

function failureOf({ retryAfterMs }: Script, outcome: AttemptFailure['outcome']): AttemptFailure {
  const status = outcome in STATUS ? STATUS[outcome as keyof typeof STATUS] : undefined; // one of its own keys
  return {
    outcome,
    message: `the simulation fails with ${outcome}`,
    ...(status === undefined ? undefined : { status }),
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  };
}

const whole = (reply: ModelReply): ProviderReply => ({ kind: 'whole', reply });
const failed = (failure: AttemptFailure): ProviderReply => ({ kind: 'failed', failure });

/** Ends early when the signal is aborted. */
function pause(ms: number, signal: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

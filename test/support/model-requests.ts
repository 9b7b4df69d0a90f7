/** Model requests with everything that a test does not care about filled in. */

import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import type { EmbeddingRequest, GenerationRequest } from '../../src/core/generation.ts';
import type { StreamEvent } from '../../src/core/reply.ts';
import type { ProviderCall, ProviderReply, ProviderStream } from '../../src/executor/provider.ts';

export function generation(said: Partial<GenerationRequest> & { readonly prompt?: string } = {}): GenerationRequest {
  const { prompt = 'Say hello', ...rest } = said;
  return {
    kind: 'generation',
    protocol: 'turnpike',
    messages: [{ role: 'user', content: [{ kind: 'text', text: prompt }] }],
    tools: [],
    output: { kind: 'text' },
    sampling: {},
    stream: false,
    body: {},
    unkept: [],
    ...rest,
  };
}

export function embedding(said: Partial<EmbeddingRequest> = {}): EmbeddingRequest {
  return {
    kind: 'embedding',
    protocol: 'turnpike',
    inputs: ['a text'],
    encoding: 'float',
    body: {},
    unkept: [],
    ...said,
  };
}

export function providerCall(said: Partial<ProviderCall> = {}): ProviderCall {
  return {
    request: generation(),
    model: 'model-1',
    maxOutputTokens: 1000,
    connectTimeoutMs: 5_000,
    signal: new AbortController().signal,
    ...said,
  };
}

export interface Collected {
  readonly events: readonly StreamEvent[];
  /** Text of the answer. */
  readonly text: string;
  /** Relayed bytes, joined. */
  readonly raw: string;
  /** Absent: it ended well. */
  readonly failure: AttemptFailure | undefined;
}

/** Starts a stream and reads it to its end; something told behind the end, or a second end, rejects. */
export function collect(stream: ProviderStream, onRead?: (soFar: readonly StreamEvent[]) => void): Promise<Collected> {
  return new Promise((resolve, reject) => {
    const events: StreamEvent[] = [];
    const raw: Uint8Array[] = [];
    let over = false;
    stream.start({
      receive(more, bytes) {
        if (over) reject(new Error('something came behind the end'));
        events.push(...more);
        if (bytes !== undefined) raw.push(Uint8Array.from(bytes));
        onRead?.(events);
      },
      closed(failure) {
        if (over) reject(new Error('the stream was closed twice'));
        over = true;
        const text = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
        setImmediate(() => resolve({ events, text, raw: Buffer.concat(raw).toString(), failure }));
      },
    });
  });
}

export function streamOf(reply: ProviderReply): ProviderStream {
  if (reply.kind === 'stream') return reply.stream;
  throw new Error(`no stream but ${JSON.stringify(reply)}`);
}

export function failureOf(reply: ProviderReply): AttemptFailure {
  if (reply.kind === 'failed') return reply.failure;
  throw new Error(`no failure but ${reply.kind}`);
}

/** Its reply, of the kind that is expected. */
export function wholeOf<Kind extends 'generation' | 'embedding' | 'token_count'>(reply: ProviderReply, kind: Kind) {
  if (reply.kind !== 'whole' || reply.reply.kind !== kind) throw new Error(`no ${kind} but ${JSON.stringify(reply)}`);
  return reply.reply as Extract<typeof reply.reply, { kind: Kind }>; // its kind was just looked at
}

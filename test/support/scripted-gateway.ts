/** A gateway that answers as a test says, remembers what it was asked, and gives streams that the test pushes. */

import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import type { CancelSignal } from '../../src/core/cancellation.ts';
import type { ModelRequest } from '../../src/core/generation.ts';
import type { GenerationReply, ModelReply, StreamEvent } from '../../src/core/reply.ts';
import type { ProviderStream, StreamReceiver } from '../../src/executor/provider.ts';
import type { Arrival } from '../../src/flows/arrival.ts';
import type { Gateway, GatewayReply, ListedModel, Served } from '../../src/flows/gateway.ts';

export interface Asked {
  readonly arrival: Arrival;
  readonly request: ModelRequest;
  readonly signal: CancelSignal;
}

export interface GatewayScript {
  /** Asked before the body is read, as identity is. */
  readonly identify?: (arrival: Arrival) => void;
  readonly call?: (asked: Asked) => GatewayReply | Promise<GatewayReply>;
  readonly models?: () => readonly ListedModel[];
}

export interface ScriptedGateway extends Gateway {
  /** In the order of their arrival. */
  readonly asked: readonly Asked[];
  readonly arrivals: readonly Arrival[];
}

export const SERVED: Served = {
  decisionId: '019a0000-0000-7000-8000-000000000001',
  target: 'simulated/small',
  attempts: 2,
  costNano: 1_234_500n,
  headers: { traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01' },
};

export const MODELS: readonly ListedModel[] = [
  { id: 'auto', kind: 'alias', ownedBy: 'turnpike' },
  { id: 'openai/gpt-x', kind: 'model', ownedBy: 'openai' },
];

export function generationReply(said: Partial<GenerationReply> = {}): GenerationReply {
  return {
    kind: 'generation',
    id: 'reply-1',
    model: 'small-2026-01-01',
    content: [{ kind: 'text', text: 'Hello there' }],
    finish: 'stop',
    usage: { kind: 'exact', tokens: { input: 9, output: 3 } },
    ...said,
  };
}

export const whole = (reply: ModelReply = generationReply(), served: Partial<Served> = {}): GatewayReply => ({
  kind: 'whole',
  reply,
  served: { ...SERVED, ...served },
});

export function scriptedGateway(script: GatewayScript = {}): ScriptedGateway {
  const asked: Asked[] = [];
  const arrivals: Arrival[] = [];
  return {
    asked,
    arrivals,
    async call(arrival, read, signal) {
      arrivals.push(arrival);
      script.identify?.(arrival);
      const one = { arrival, request: await read(), signal };
      asked.push(one);
      return script.call === undefined ? whole(replyTo(one.request)) : script.call(one);
    },
    async models(arrival) {
      arrivals.push(arrival);
      script.identify?.(arrival);
      return script.models?.() ?? MODELS;
    },
  };
}

/** Something that fits the question. */
export function replyTo(request: ModelRequest): ModelReply {
  switch (request.kind) {
    case 'generation':
      return generationReply();
    case 'embedding':
      return {
        kind: 'embedding',
        model: 'vectors-1',
        vectors: request.inputs.map((_, index) => [index, 0.5, -0.25]),
        usage: { kind: 'exact', tokens: { input: 4, output: 0 } },
      };
    case 'token_count':
      return { kind: 'token_count', inputTokens: 42, source: 'exact' };
  }
}

export interface ScriptedStream {
  readonly stream: ProviderStream;
  /** Resolves when the front door starts it. */
  readonly started: Promise<void>;
  /** Resolves when the front door gives it up, with when that was (`performance.now()`). */
  readonly cancelled: Promise<number>;
  isPaused(): boolean;
  push(events: readonly StreamEvent[], raw?: Uint8Array): void;
  close(failure?: AttemptFailure): void;
  /** As the gateway's reply. */
  readonly reply: Extract<GatewayReply, { kind: 'stream' }>;
}

export interface StreamScript {
  readonly rawProtocol?: ProviderStream['rawProtocol'];
  /** Pushed as soon as it is started, each as one read; then it is closed. */
  readonly reads?: readonly (readonly StreamEvent[])[];
  readonly ends?: AttemptFailure | 'well';
  /** Told when the reading may go on. */
  readonly onResume?: () => void;
  readonly served?: Partial<Served>;
}

export function scriptedStream(script: StreamScript = {}): ScriptedStream {
  let receiver: StreamReceiver | undefined;
  let paused = false;
  let over = false;
  const started = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<number>();
  const close = (failure?: AttemptFailure): void => {
    if (over) return;
    over = true;
    receiver?.closed(failure);
  };
  const stream: ProviderStream = {
    rawProtocol: script.rawProtocol,
    start(given) {
      receiver = given;
      started.resolve();
      for (const events of script.reads ?? []) given.receive(events, undefined);
      if (script.ends !== undefined) close(script.ends === 'well' ? undefined : script.ends);
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      script.onResume?.();
    },
    cancel() {
      cancelled.resolve(performance.now());
      close({ outcome: 'cancelled', message: 'given up' });
    },
  };
  return {
    stream,
    started: started.promise,
    cancelled: cancelled.promise,
    isPaused: () => paused,
    push: (events, raw) => receiver?.receive(events, raw),
    close,
    reply: {
      kind: 'stream',
      stream,
      served: { ...SERVED, costNano: undefined, ...script.served },
      final: () => ({ attempts: 3, costNano: 42n }),
    },
  };
}

/** A reply of so many words, one a read, as a stream tells it. */
export function readsOf(words: readonly string[]): readonly (readonly StreamEvent[])[] {
  return [
    [{ kind: 'start', id: 'reply-1', model: 'small-2026-01-01' }],
    ...words.map((text) => [{ kind: 'text', text } as const]),
    [
      { kind: 'finish', reason: 'stop' },
      { kind: 'usage', tokens: { input: 9, output: words.length } },
      { kind: 'end' },
    ],
  ];
}

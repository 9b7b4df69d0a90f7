/** The providers that the contract is run on: each with a vendor on a real socket that speaks its protocol. */
import type { GenerationRequest, Protocol } from '../../src/core/generation.ts';
import type { Provider } from '../../src/executor/provider.ts';
import { createSimulatedProvider } from '../../src/providers/simulated/simulated.ts';
import { generation, providerCall } from '../support/model-requests.ts';
import { answer, answerJson, chunk, LAST_CHUNK, type Script, startUpstream, streamHead } from '../support/upstream.ts';
import type { ProviderDriver, Situation } from './provider.ts';

export const CANARY = 'sk-canary-7Q4tZx91LmPwVbNc';

/** What a vendor says in its own protocol. */
export interface VendorScript {
  /** The document that says "Hello there". */
  readonly whole: unknown;
  readonly contentType: string;
  /** Pieces of a stream: its beginning, one word that may come again, its end. */
  readonly begin: string | Uint8Array;
  readonly words: readonly [string | Uint8Array, string | Uint8Array];
  readonly end: string | Uint8Array;
  /** The document of a 429. */
  readonly limited: unknown;
}

export interface HttpDriverOptions {
  readonly name: string;
  readonly vendor: VendorScript;
  /** Of the front door. */
  readonly protocol: Protocol;
  readonly body?: GenerationRequest['body'];
  readonly model: string;
  readonly create: (origin: string) => { readonly provider: Provider; close(): Promise<void> };
}

const MAX_WRITTEN_BYTES = 256 * 1024 * 1024;

export function httpDriver({ name, vendor, protocol, body, model, create }: HttpDriverOptions): ProviderDriver {
  return {
    name,
    async start(situation) {
      let written = 0;
      const upstream = await startUpstream(scriptOf(situation, vendor, (bytes) => (written += bytes)));
      const { provider, close } = create(upstream.origin);
      const stream = situation !== 'whole' && situation !== 'limited' && situation !== 'hang';
      const request = generation({ protocol, stream, body: { ...body, ...(stream ? { stream } : {}) } });
      return {
        canaries: [CANARY],
        send: (signal = new AbortController().signal) => provider.send(providerCall({ request, model, signal })),
        vendor: {
          arrived: () => upstream.arrived(),
          closed: () => upstream.closed(),
          written: () => written,
        },
        async [Symbol.asyncDispose]() {
          await close();
          await upstream[Symbol.asyncDispose]();
        },
      };
    },
  };
}

function scriptOf(situation: Situation, vendor: VendorScript, wrote: (bytes: number) => void): Script {
  const { contentType, begin, words, end } = vendor;
  return (socket, request) => {
    const head = streamHead(contentType);
    switch (situation) {
      case 'whole':
        socket.write(answerJson(200, vendor.whole));
        return;
      case 'limited': {
        const echoed = JSON.stringify(vendor.limited).replace(
          '%KEY%',
          Object.values(request.headers).join(' ').slice(0, 2000).replaceAll('"', ''),
        );
        socket.write(answer(429, echoed, { 'content-type': 'application/json', 'retry-after': '7' }));
        return;
      }
      case 'stream':
        socket.write(head);
        for (const piece of [begin, ...words, end]) socket.write(chunk(piece));
        socket.write(LAST_CHUNK);
        return;
      case 'cut':
        socket.write(head);
        socket.write(chunk(begin));
        socket.end(chunk(words[0]));
        return;
      case 'stalled':
        socket.write(head);
        socket.write(chunk(begin));
        socket.write(chunk(words[0]));
        return;
      case 'hang':
        return;
      case 'endless': {
        socket.write(head);
        socket.write(chunk(begin));
        const piece = chunk(words[0]);
        let bytes = 0;
        const pump = (): void => {
          for (let goes = true; goes && bytes < MAX_WRITTEN_BYTES && !socket.destroyed; ) {
            goes = socket.write(piece);
            bytes += piece.length;
            wrote(piece.length);
          }
          socket.once('drain', pump);
        };
        pump();
      }
    }
  };
}

const SIMULATIONS: Readonly<Record<Situation, string>> = {
  whole: 'echo',
  stream: 'echo',
  cut: 'echo?tokens=40&cut_after=5',
  limited: 'echo?fail=rate_limited&retry_after_ms=7000',
  hang: 'echo?latency_ms=600000',
  endless: 'echo?tokens=100000',
  stalled: 'echo?tokens=10&token_ms=600000',
};

export const simulatedDriver: ProviderDriver = {
  name: 'simulated',
  async start(situation) {
    const provider = createSimulatedProvider();
    const stream = situation !== 'whole' && situation !== 'limited' && situation !== 'hang';
    const request = generation({ prompt: 'Hello there', stream });
    return {
      canaries: [],
      send: (signal = new AbortController().signal) =>
        provider.send(providerCall({ request, model: SIMULATIONS[situation], maxOutputTokens: 200_000, signal })),
      async [Symbol.asyncDispose]() {},
    };
  },
};

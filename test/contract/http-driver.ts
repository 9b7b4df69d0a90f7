/** HTTP for the contract suite: the real server and Node's own client over a socket. */
import type { Decision, DecisionDocument, Estimate } from '../../src/core/decision.ts';
import type { NanoOnWire, PresentedDecision, PresentedEstimate } from '../../src/core/present.ts';
import type { ReportReceipt } from '../../src/flows/flows.ts';
import type { Problem } from '../../src/transport/http/problem.ts';
import { createHttpTransport } from '../../src/transport/http/server.ts';
import type { Transport } from '../../src/transport/transport.ts';
import type { Answer, AskOptions, Item, ToldFailure, TransportDriver } from './transport-driver.ts';

type BatchResult = { readonly decision: PresentedDecision } | { readonly error: Problem };

export function createHttpDriver(): TransportDriver {
  let running: { readonly transport: Transport; readonly url: string } | undefined;

  /** The type arguments say what the OpenAPI document promises, which a test of its own holds against the server. */
  const ask = async <Wire, Value>(
    path: string,
    document: unknown,
    options: AskOptions | undefined,
    read: (wire: Wire) => Value,
  ): Promise<Answer<Value>> => {
    if (running === undefined) throw new Error('the driver is not started');
    const response = await fetch(`${running.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options?.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
        ...options?.headers,
      },
      body: JSON.stringify(document),
    });
    const wire: unknown = await response.json();
    if (!response.ok) return { kind: 'failed', ...told(wire as Problem) };
    return { kind: 'ok', value: read(wire as Wire), headers: Object.fromEntries(response.headers) };
  };

  return {
    name: 'http',
    async start(flows) {
      const transport = createHttpTransport(flows, {
        host: '127.0.0.1',
        port: 0,
        nowMs: Date.now,
        metrics: async () => ({ contentType: 'text/plain', body: '' }),
      });
      running = { transport, url: `http://${await transport.start()}` };
    },
    decide: (request, options) => ask('/v1/decide', request, options, decisionOf),
    decideBatch: (requests, options) =>
      ask('/v1/decide:batch', { requests }, options, (wire: { readonly results: readonly BatchResult[] }) =>
        wire.results.map(itemOf),
      ),
    report: (report, options) => ask('/v1/report', report, options, (wire: ReportReceipt) => wire),
    async close() {
      await running?.transport.drain(1000);
      running = undefined;
    },
  };
}

const told = ({ code, detail, faults }: Problem): ToldFailure => ({ code, message: detail, faults: faults ?? [] });

const itemOf = (result: BatchResult): Item =>
  'decision' in result
    ? { kind: 'decided', decision: decisionOf(result.decision) }
    : { kind: 'failed', ...told(result.error) };

function decisionOf(wire: PresentedDecision): Decision {
  const { id, policy, estimate, decided_at, ...document } = wire;
  return {
    id,
    policy,
    document: document as DecisionDocument, // what stands beside the engine's part is the policy's document, whole
    estimate: estimateOf(estimate),
    decided_at_ms: Date.parse(decided_at),
  };
}

function estimateOf(wire: PresentedEstimate): Estimate {
  switch (wire.kind) {
    case 'priced':
      return {
        kind: 'priced',
        cost: {
          target: wire.target,
          price_id: wire.price_id,
          input_nano_usd: nanoOf(wire.input_nano_usd),
          output_nano_usd: nanoOf(wire.output_nano_usd),
          total_nano_usd: nanoOf(wire.total_nano_usd),
        },
      };
    case 'unpriced':
    case 'uncounted':
    case 'none':
      return wire;
  }
}

const nanoOf = (wire: NanoOnWire): bigint => BigInt(wire);

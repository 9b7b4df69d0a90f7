/** gRPC for the contract suite: the real server and the real client over a socket. */
import { Failure } from '../../src/core/failure.ts';
import type { AttemptReport } from '../../src/core/report.ts';
import type { DecideRequest } from '../../src/flows/decide-request.ts';
import { type CallSettings, createDecisionClient, type DecisionClient } from '../../src/transport/grpc/client.ts';
import { createGrpcTransport } from '../../src/transport/grpc/server.ts';
import type { Transport } from '../../src/transport/transport.ts';
import type { Answer, AskOptions, ToldFailure, TransportDriver } from './transport-driver.ts';

export function createGrpcDriver(): TransportDriver {
  let running: { transport: Transport; client: DecisionClient; address: string } | undefined;

  const ask = async <Value>(
    options: AskOptions | undefined,
    run: (client: DecisionClient, settings: CallSettings) => Promise<Value>,
  ): Promise<Answer<Value>> => {
    if (running === undefined) throw new Error('the driver is not started');
    let headers: Readonly<Record<string, string>> = {};
    const settings = {
      headers: {
        ...options?.headers,
        ...(options?.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      },
      onHeaders: (told: Readonly<Record<string, string>>) => {
        headers = told;
      },
    };
    try {
      return { kind: 'ok', value: await run(running.client, settings), headers };
    } catch (reason) {
      return { kind: 'failed', ...told(reason) };
    }
  };

  return {
    name: 'grpc',
    async start(flows) {
      const transport = createGrpcTransport(flows, { port: 0 });
      const address = await transport.start();
      // Documents that break their type must reach the server as far as the wire lets them: nothing is checked here.
      running = { transport, address, client: createDecisionClient({ address, checkDocuments: false }) };
    },
    // The casts: the suite sends documents that a typed caller could not write, as any untyped caller can.
    decide: (request, options) => ask(options, (client, call) => client.decide(request as DecideRequest, call)),
    decideBatch: (requests, options) =>
      ask(options, async (client, call) => {
        const items = await client.decideBatch(requests as readonly DecideRequest[], call);
        return items.map((item) => (item.kind === 'decided' ? item : { kind: 'failed', ...told(item.failure) }));
      }),
    report: (report, options) => ask(options, (client, call) => client.report(report as AttemptReport, call)),
    async close() {
      running?.client.close();
      await running?.transport.drain(1000);
      running = undefined;
    },
  };
}

function told(reason: unknown): ToldFailure {
  if (!(reason instanceof Failure)) throw reason;
  const { code, message, faults } = reason;
  return { code, message, faults };
}

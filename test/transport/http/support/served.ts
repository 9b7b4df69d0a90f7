/** A server on a free port of loopback, drained when the test ends. */
import type { TestContext } from 'node:test';
import type { Flows } from '../../../../src/flows/flows.ts';
import { createHttpTransport, type HttpTransportOptions } from '../../../../src/transport/http/server.ts';
import type { Transport } from '../../../../src/transport/transport.ts';

export const METRICS_TEXT = '# HELP turnpike_up Whether it is up.\nturnpike_up 1\n';

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly transport: Transport;
}

export async function serve(
  context: Pick<TestContext, 'after'>,
  flows: Flows,
  options: Partial<HttpTransportOptions> = {},
): Promise<Served> {
  const transport = createHttpTransport(flows, {
    host: '127.0.0.1',
    port: 0,
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: METRICS_TEXT }),
    nowMs: Date.now,
    ...options,
  });
  const address = await transport.start();
  context.after(() => transport.drain(0));
  const scheme = options.tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://${address}`, port: Number(address.split(':').at(-1)), transport };
}

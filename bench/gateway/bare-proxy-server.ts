/**
 * The floor: a reverse proxy of nothing but node:http and undici's dispatcher, without keys, policy, cost or telemetry.
 * Started as a child with {upstream}; answers {http}.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, type Dispatcher } from 'undici';

process.once('message', ({ upstream }: { readonly upstream: string }) => {
  const agent = new Agent({ connections: 256, pipelining: 1 });
  const server = createServer({ noDelay: true }, (request, response) => forward(agent, upstream, request, response));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    process.send?.({ http: `127.0.0.1:${address.port}` });
  });
});

function forward(agent: Agent, upstream: string, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const headers = { 'content-type': 'application/json' };
    agent.dispatch(
      { origin: `http://${upstream}`, path: request.url ?? '/', method: 'POST', headers, body: body ?? null },
      relay(response),
    );
  });
}

function relay(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart: () => undefined,
    onResponseStart(_controller, status, headers) {
      const length = headers['content-length'];
      response.writeHead(status, {
        'content-type': String(headers['content-type']),
        ...(length === undefined ? {} : { 'content-length': String(length) }),
      });
    },
    onResponseData(controller, chunk) {
      if (response.write(chunk)) return;
      controller.pause();
      response.once('drain', () => controller.resume());
    },
    onResponseEnd: () => response.end(),
    onResponseError: () => response.destroy(),
  };
}

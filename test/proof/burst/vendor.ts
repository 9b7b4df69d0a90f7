/** A vendor of chat completions on a real socket: it takes its time, and says that it used what it is told to say. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';

export interface Vendor extends AsyncDisposable {
  /** Where its API begins. */
  readonly url: string;
  /** Calls that reached it. */
  readonly seen: number;
  /** Resolves when so many calls have reached it. */
  sawSoMany(count: number): Promise<void>;
}

export interface VendorSettings {
  readonly answersAfterMs: number;
  readonly usage: { readonly input: number; readonly output: number };
}

export async function startVendor({ answersAfterMs, usage }: VendorSettings): Promise<Vendor> {
  let seen = 0;
  let waiters: { readonly count: number; readonly tell: () => void }[] = [];
  const answer = JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'model',
    choices: [{ index: 0, message: { role: 'assistant', content: 'done' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output },
  });
  const write = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      seen += 1;
      for (const { count, tell } of waiters) if (seen >= count) tell();
      waiters = waiters.filter(({ count }) => seen < count);
      setTimeout(() => write(response), answersAfterMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get seen() {
      return seen;
    },
    sawSoMany: (count) =>
      new Promise((resolve) => {
        if (seen >= count) resolve();
        else waiters.push({ count, tell: resolve });
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port of loopback that nobody listens on. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** @param below where higher ones are of no use */
export async function freePort(below: number = 65_536): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    if (address === null || typeof address === 'string') throw new Error('no port is free');
    if (address.port < below) return address.port;
  }
}

/** Takes OTLP over HTTP and throws it away, in a process of its own: what is measured is making and sending spans. */
import { createServer } from 'node:http';

process.once('message', () => {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) process.send?.({ otlp: `http://127.0.0.1:${address.port}` });
  });
});

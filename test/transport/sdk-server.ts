/** The front doors with the simulated vendor right behind them, and what SDKs must know of it. */
import { after, before } from 'node:test';
import { composeFrontDoors } from '../../src/compose-front-doors.ts';
import { createHttpTransport } from '../../src/transport/http/server.ts';
import { API_KEY, simulatedGateway } from '../support/simulated-gateway.ts';
import { answering } from './http/support/scripted.ts';
import type { SdkTarget } from './sdk-target.ts';

/** Serves while the tests of the file run. */
export function simulatedTarget(): SdkTarget {
  const transport = createHttpTransport(answering(), {
    host: '127.0.0.1',
    port: 0,
    nowMs: Date.now,
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    modelRoutes: composeFrontDoors(simulatedGateway(), { maxBodyBytes: 1_048_576, nowMs: Date.now }),
  });
  let url = '';
  before(async () => {
    url = `http://${await transport.start()}`;
  });
  after(() => transport.drain(0));
  return {
    baseUrl: () => url,
    apiKey: API_KEY,
    model: 'auto',
    embeddingModel: 'auto',
    listed: 'openai/gpt-x',
    wrongKey: 'tp_nobody_9999',
    refused: { denied: 'denied', spent: 'spent', throttled: 'throttled' },
  };
}

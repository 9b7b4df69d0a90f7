/** What a newcomer does first: `turnpike serve`, and an official SDK with nothing changed but its base URL. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { anthropicSdkCases } from '../transport/anthropic/sdk-cases.ts';
import { openAiResponsesCases } from '../transport/openai/responses-sdk-cases.ts';
import { openAiSdkCases } from '../transport/openai/sdk-cases.ts';
import type { SdkTarget } from '../transport/sdk-target.ts';
import { ROOT, type ServerProcess, serve } from './server-process.ts';

/** The sample configuration as it is shipped, on free ports. */
const SAMPLE = readFileSync(join(ROOT, 'turnpike.yaml'), 'utf8')
  .replace('source: policies ', `source: ${join(ROOT, 'policies')} `)
  .replaceAll(/port: \d+/g, 'port: 0');

let server: ServerProcess | undefined;
before(
  async () => {
    server = await serve({ config: SAMPLE });
  },
  { timeout: 60_000 },
);
after(() => server?.kill());

const target: SdkTarget = {
  baseUrl: () => server?.http ?? '',
  apiKey: 'none',
  model: 'auto',
  embeddingModel: 'embed',
  listed: 'fast',
};
openAiSdkCases(target);
openAiResponsesCases(target);
anthropicSdkCases(target);

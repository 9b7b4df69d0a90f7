/**
 * The whole gateway as `turnpike serve` composes it: policy, keys, cost and telemetry on. Started as a child with the
 * text of a configuration and a folder for its files; answers {http}, and its resident memory to the message `memory`.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';

process.once(
  'message',
  async ({ config: text, folder: parent }: { readonly config: string; readonly folder: string }) => {
    process.on('message', () => process.send?.(process.memoryUsage.rss()));
    const folder = mkdtempSync(join(parent, 'server-'));
    const file = join(folder, 'turnpike.yaml');
    writeFileSync(file, text);
    const { config } = loadConfig({ file, variables: process.env, cwd: folder });
    const server = await compose(config, { env: process.env, version: 'bench' });
    await server.activate();
    process.send?.(Object.fromEntries(await server.start()));
  },
);

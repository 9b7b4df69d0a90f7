/**
 * The server as `turnpike serve` composes it, on free ports, without money: requests say what their budgets have, as
 * they do to whom it is compared with. Started as a child; answers {grpc, http}.
 */
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';

process.once('message', async () => {
  const root = join(import.meta.dirname, '..', '..');
  const variables = {
    ...process.env,
    TURNPIKE_TRANSPORTS_GRPC_PORT: '0',
    TURNPIKE_TRANSPORTS_HTTP_PORT: '0',
    TURNPIKE_ACCOUNTS_STORE: 'none',
    TURNPIKE_LEDGER_STORE: 'none',
  };
  const { config } = loadConfig({ file: join(root, 'turnpike.yaml'), variables, cwd: root });
  const server = await compose(config, { env: process.env, version: 'bench' });
  await server.activate();
  process.send?.(Object.fromEntries(await server.start()));
});

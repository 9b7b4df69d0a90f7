/** The ledger in a real PostgreSQL keeps the contract of every ledger. */
// needs: postgres
import { after, before } from 'node:test';
import pg from 'pg';
import type { Ledger } from '../../../src/flows/ledger.ts';
import { faultText } from '../../../src/ledger/faults.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open.ts';
import { verifyPostgresLedger } from '../../../src/ledger/postgres/verify.ts';
import { ledgerContract } from '../../contract/ledger.ts';
import type { LedgerPlace } from '../../contract/ledger-driver.ts';
import { type RunningPostgres, startPostgres } from '../../services/postgres.ts';

let server: RunningPostgres | undefined;
before(async () => {
  server = await startPostgres();
});
after(() => server?.clean());

ledgerContract({
  name: 'PostgreSQL',
  async create(): Promise<LedgerPlace> {
    const url = (await server?.database()) ?? '';
    const opened: Ledger[] = [];
    return {
      async open(options) {
        const ledger = await openPostgresLedger({ url, ...options });
        opened.push(ledger);
        return ledger;
      },
      async order(chainId) {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        const { rows } = await client.query<{ id: string }>(
          'SELECT id FROM turnpike_entries WHERE chain = $1 ORDER BY seq',
          [chainId],
        );
        await client.end();
        return rows.map(({ id }) => id);
      },
      async verify() {
        const { chains, rows, faults } = await verifyPostgresLedger({ url });
        return { chains, rows, faults: faults.map(faultText) };
      },
      async clean() {
        await Promise.all(opened.map((ledger) => ledger.close()));
      },
    };
  },
});

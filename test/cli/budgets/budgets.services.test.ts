// needs: postgres
import { after, before } from 'node:test';
import { openPostgresLedger } from '../../../src/ledger/postgres/open.ts';
import { type RunningPostgres, startPostgres } from '../../services/postgres.ts';
import { testListing } from './listing.ts';

let server: RunningPostgres | undefined;
before(async () => {
  server = await startPostgres();
});
after(() => server?.clean());

let chains = 0;

testListing('PostgreSQL', {
  create: () => server?.database() ?? Promise.reject(new Error('not started')),
  open: (url) => {
    chains += 1;
    return openPostgresLedger({ url, chainId: `test-${chains}` });
  },
});

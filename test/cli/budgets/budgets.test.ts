import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openSqliteLedger } from '../../../src/ledger/sqlite/open.ts';
import { testListing } from './listing.ts';

testListing('SQLite', {
  create: async (folder) => join(folder, `${randomUUID()}.db`),
  open: (file) => openSqliteLedger({ file, synchronous: 'normal', chainId: randomUUID() }),
});

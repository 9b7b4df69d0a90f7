import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openSqliteLedger } from '../../../src/ledger/sqlite/open.ts';
import { testRepricing } from './repricing.ts';

testRepricing('SQLite', {
  create: async (folder) => join(folder, `${randomUUID()}.db`),
  open: (file) => openSqliteLedger({ file, synchronous: 'normal', chainId: randomUUID() }),
});

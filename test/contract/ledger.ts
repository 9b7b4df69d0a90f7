/** The contract of `flows/ledger.ts` and `reports/ledger-reader.ts`: one suite, run on every implementation. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/core/failure.ts';
import type { LedgerEntry } from '../../src/core/ledger-entry.ts';
import type { Ledger } from '../../src/flows/ledger.ts';
import type { LedgerReader, TotalsRow } from '../../src/reports/ledger-reader.ts';
import { AT_MS, adjustmentOf, attemptEntry, manyEntries, priced } from '../ledger/entries.ts';
import type { LedgerDriver, LedgerPlace } from './ledger-driver.ts';
import { entriesArbitrary, plainCharges, plainTotals, queryArbitrary, SPAN } from './ledger-model.ts';

const EVER = { fromMs: 0, toMs: Date.UTC(2100, 0) };
const HOUR_MS = 3_600_000;
const RUNS = 25;

export function ledgerContract(driver: LedgerDriver): void {
  describe(`ledger contract: ${driver.name}`, () => {
    let place: LedgerPlace;
    beforeEach(async () => {
      place = await driver.create();
    });
    afterEach(() => place.clean());

    const appendAll = (ledger: Ledger, entries: readonly LedgerEntry[]): Promise<unknown> =>
      Promise.all(entries.map((entry) => ledger.append(entry)));
    const opened = async (entries: readonly LedgerEntry[]): Promise<Ledger & LedgerReader> => {
      const ledger = await place.open({ chainId: 'writer' });
      await appendAll(ledger, entries);
      return ledger;
    };
    const sound = async (chains: number, rows: number): Promise<void> =>
      assert.deepEqual(await place.verify(), { chains, rows, faults: [] });

    describe('append', () => {
      it('is durable when it resolves: whoever opens the ledger next reads the same entry', async () => {
        const attempt = attemptEntry({
          ...{ keyId: 'k1', subject: 'ada', late: true, firstTokenMs: 3.25, source: 'report', atMs: AT_MS + 0.5 },
          attribution: { team: 't', application: '', environment: 'e', cost_center: 'c', tags: { 'a"b': "it's" } },
          usage: { kind: 'estimated', tokens: { input: 3, output: 2, reasoning: 1, tier: 'flex' } },
        });
        const adjustment = adjustmentOf(attempt, -250n);
        const unknown = attemptEntry({ id: 'x', usage: { kind: 'unknown' }, cost: { kind: 'unknown' }, accounts: [] });
        const entries = [attempt, adjustment, unknown];
        await opened(entries);
        const other = await place.open({ chainId: 'other' });
        const stored = (await other.entries(EVER)).map(({ entry }) => entry);
        const byId = (id: string): LedgerEntry | undefined => stored.find((entry) => entry.id === id);
        assert.deepEqual(
          entries.map(({ id }) => byId(id)),
          entries,
        );
        assert.equal(stored.length, 3);
      });

      it('writes entries of one turn in the order in which they came, whatever their times', async () => {
        const entries = manyEntries(60).toReversed();
        const ledger = await opened(entries.slice(0, 40));
        await appendAll(ledger, entries.slice(40));
        assert.deepEqual(
          await place.order('writer'),
          entries.map(({ id }) => id),
        );
      });

      it('of an id that was written changes nothing: not the entry, no sum, no charge, no chain', async () => {
        const entry = attemptEntry();
        const ledger = await opened([entry, entry, { ...entry, chargedNano: 7n, cost: priced(7n) }]);
        await ledger.append({ ...entry, subject: 'somebody else' });
        const [stored, ...more] = await ledger.entries(EVER);
        assert.deepEqual([stored?.entry, more], [entry, []]);
        const [total] = await ledger.totals({ ...EVER, by: [] });
        assert.deepEqual([total?.attempts, total?.costNano], [1, 1_000n]);
        assert.deepEqual(await ledger.charged(0), new Map([['search|2026-11', 1_000n]]));
        await sound(1, 1);
      });

      it('of an id that is told again with another time changes nothing', async () => {
        const entry = attemptEntry();
        const months = [0, 1, 40].map((days) => ({ ...entry, atMs: AT_MS + days * 24 * HOUR_MS }));
        const ledger = await opened(months);
        await appendAll(ledger, months.toReversed());
        assert.deepEqual(
          (await ledger.entries(EVER)).map(({ entry: stored }) => stored),
          [entry],
        );
        assert.deepEqual(await ledger.charged(0), new Map([['search|2026-11', 1_000n]]));
        await sound(1, 1);
      });

      it('of an id that another writer wrote changes nothing either, and both chains are whole', async () => {
        const [one, two] = [await place.open({ chainId: 'one' }), await place.open({ chainId: 'two' })];
        const entries = manyEntries(40);
        await Promise.all([appendAll(one, entries), appendAll(two, entries.toReversed())]);
        await Promise.all([
          appendAll(
            one,
            manyEntries(5, (index) => ({ id: `one-${index}` })),
          ),
          appendAll(
            two,
            manyEntries(5, (index) => ({ id: `two-${index}` })),
          ),
        ]);
        const [total] = await one.totals({ ...EVER, by: [] });
        assert.equal(total?.attempts, 50);
        assert.deepEqual(await two.charged(0), new Map([['search|2026-11', 50_000n]]));
        const places = [...(await place.order('one')), ...(await place.order('two'))];
        assert.equal(new Set(places).size, 50);
        await sound(2, 50);
      });

      it('goes on where a chain ended', async () => {
        await (await opened(manyEntries(3))).close();
        const again = await place.open({ chainId: 'writer' });
        await again.append(attemptEntry({ id: 'later' }));
        assert.deepEqual(await place.order('writer'), ['many-0/0', 'many-1/0', 'many-2/0', 'later']);
        await sound(1, 4);
      });

      it('refuses what is beyond so many that wait, and writes those that do', async () => {
        const ledger = await place.open({ chainId: 'writer', maxWaiting: 10 });
        const told = await Promise.allSettled(manyEntries(15).map((entry) => ledger.append(entry)));
        assert.deepEqual(
          told.map((one) => (one.status === 'rejected' ? Failure.from(one.reason).code : 'written')),
          [...Array(10).fill('written'), ...Array(5).fill('overloaded')],
        );
        await sound(1, 10);
      });

      it('refuses the entry that cannot be stored, and writes those beside it', async () => {
        const ledger = await place.open({ chainId: 'writer' });
        const entries = manyEntries(20, (index) => (index === 7 ? { cost: priced(2n ** 63n) } : {}));
        const told = await Promise.allSettled(entries.map((entry) => ledger.append(entry)));
        assert.deepEqual(
          told.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
          [7],
        );
        await sound(1, 19);
      });

      it('takes any text', async () => {
        const attribution = { team: 'a\0b', application: '\ud800', environment: '', tags: { "'; --": '"' } };
        const entry = attemptEntry({ attribution, subject: "Robert'); DROP TABLE entries;--", accounts: ['"\0'] });
        const ledger = await opened([entry]);
        const [stored] = await ledger.entries({ ...EVER, where: { "tag:'; --": '"' } });
        assert.deepEqual(stored?.entry, entry);
        await sound(1, 1);
      });

      it('resolves before closing ends, and is refused behind it', async () => {
        const ledger = await place.open({ chainId: 'writer' });
        const told = appendAll(ledger, manyEntries(2_500));
        await ledger.close();
        await told;
        await assert.rejects(ledger.append(attemptEntry()), { code: 'unavailable' });
        await ledger.close();
        await sound(1, 2_500);
      });
    });

    describe('totals', () => {
      it('are the plain sums, by any dimensions, of any period, adjustments and all', async () => {
        await fc.assert(
          fc.asyncProperty(
            entriesArbitrary,
            fc.array(queryArbitrary, { minLength: 8, maxLength: 8 }),
            async (entries, queries) => {
              await place.clean();
              place = await driver.create();
              const ledger = await opened(entries);
              for (const query of queries) {
                const told = JSON.stringify(query);
                const rows = await ledger.totals(query);
                assert.deepEqual(inOrder(rows), inOrder(await plainTotals(entries, query)), told);
                assertDearestFirst(rows);
              }
              await sound(entries.length === 0 ? 0 : 1, entries.length);
            },
          ),
          { numRuns: RUNS },
        );
      });

      /** Every third minute over two days. */
      const entries = manyEntries(960, (index) => ({
        atMs: AT_MS + index * 180_000,
        attribution: {
          team: `team-${index % 5}`,
          application: 'web',
          environment: 'prod',
          tags: { half: `${index % 2}` },
        },
        cost: index % 7 === 0 ? { kind: 'unknown' } : priced(BigInt(index), index % 11 === 0),
        accounts: [`account-${index % 5}`, 'all'],
        chargedNano: BigInt(index),
      }));

      it('say of every cost how sure it is, and of every attempt', async () => {
        const other = attemptEntry({ id: 'unpriced', cost: { kind: 'unpriced' } });
        const none = attemptEntry({ id: 'none', cost: { kind: 'none' } });
        const ledger = await opened([...entries, other, none, adjustmentOf(other, 3n)]);
        const sum = (of: (index: number) => boolean): { attempts: number; costNano: bigint } => {
          const indices = entries.map((_, index) => index).filter((index) => of(index));
          return { attempts: indices.length, costNano: indices.reduce((nano, index) => nano + BigInt(index), 0n) };
        };
        const [total] = await ledger.totals({ ...EVER, by: [] });
        const exact = sum((index) => index % 7 !== 0 && index % 11 !== 0);
        assert.deepEqual(total?.certainty, {
          // With the attempt that never reached a model, and the adjustment, which is no attempt.
          exact: { attempts: exact.attempts + 1, costNano: exact.costNano + 3n },
          estimated: sum((index) => index % 7 !== 0 && index % 11 === 0),
          unpriced: { attempts: 1, costNano: 0n },
          unknown: { attempts: sum((index) => index % 7 === 0).attempts, costNano: 0n },
        });
      });

      it('of a period that cuts hours are those of its entries alone', async () => {
        const ledger = await opened(entries);
        for (const [fromMs, toMs] of [
          [AT_MS, AT_MS + 1],
          [AT_MS + 1, AT_MS + HOUR_MS],
          [AT_MS + HOUR_MS / 3, AT_MS + 20 * HOUR_MS + 7],
        ] as const) {
          for (const per of ['hour', 'day'] as const) {
            const query = { fromMs, toMs, by: ['team'] as const, per };
            assert.deepEqual(inOrder(await ledger.totals(query)), inOrder(await plainTotals(entries, query)));
          }
        }
      });

      for (const dimension of ['team', 'call_id'] as const) {
        it(`are at most so many, the dearest (by ${dimension})`, async () => {
          const ledger = await opened(entries);
          const rows = await ledger.totals({ ...EVER, by: [dimension] });
          for (const limit of [1, 3, 5_000]) {
            assert.deepEqual(await ledger.totals({ ...EVER, by: [dimension], limit }), rows.slice(0, limit));
          }
          assertDearestFirst(rows);
        });
      }

      it('are exact beyond what a float can say', async () => {
        const most = 2n ** 53n;
        const amounts = [most, 1n, most + 1n, -3n, 10n ** 18n + 1n];
        const ledger = await opened(
          amounts.map((nano, index) => attemptEntry({ id: `${index}`, cost: priced(nano), chargedNano: nano })),
        );
        const sum = amounts.reduce((all, nano) => all + nano, 0n);
        for (const by of [[], ['team'], ['subject']] as const) {
          const [total] = await ledger.totals({ ...EVER, by });
          assert.deepEqual([total?.costNano, total?.certainty.exact.costNano], [sum, sum]);
        }
        assert.deepEqual(await ledger.charged(0), new Map([['search|2026-11', sum]]));
        assert.deepEqual(await ledger.charged(AT_MS), new Map([['search|2026-11', sum]]));
      });
    });

    describe('entries', () => {
      it('come page by page in the order of time, each once, however many are of one moment', async () => {
        const entries = manyEntries(200, (index) => ({
          atMs: AT_MS + Math.floor(index / 30),
          attribution: { team: `team-${index % 3}`, application: 'web', environment: 'prod' },
        }));
        const ledger = await opened(entries.toReversed());
        const read: LedgerEntry[] = [];
        let after: { readonly after?: string } = {};
        for (;;) {
          const page = await ledger.entries({ ...EVER, where: { team: 'team-1' }, limit: 7, ...after });
          read.push(...page.map(({ entry }) => entry));
          const last = page.at(-1);
          if (last === undefined) break;
          after = { after: last.cursor };
        }
        assert.deepEqual(
          read.map(({ atMs }) => atMs),
          read.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
        );
        const ids = entries.filter((_, index) => index % 3 === 1).map(({ id }) => id);
        assert.deepEqual(read.map(({ id }) => id).toSorted(), ids.toSorted());
      });

      it('are of the period, from its first moment to before its end', async () => {
        const ledger = await opened(manyEntries(10));
        const found = await ledger.entries({ fromMs: AT_MS + 2_000, toMs: AT_MS + 5_000 });
        assert.deepEqual(
          found.map(({ entry }) => entry.id),
          ['many-2/0', 'many-3/0', 'many-4/0'],
        );
      });

      it('behind a cursor that is none are refused', async () => {
        const ledger = await opened([]);
        await assert.rejects(ledger.entries({ ...EVER, after: 'x' }), { code: 'invalid_request' });
      });
    });

    describe('charges', () => {
      it('of every account are the sum of its entries from any moment on', async () => {
        const since = fc.integer({ min: SPAN.fromMs - HOUR_MS, max: SPAN.toMs });
        await fc.assert(
          fc.asyncProperty(
            entriesArbitrary,
            fc.array(since, { minLength: 4, maxLength: 4 }),
            async (entries, moments) => {
              await place.clean();
              place = await driver.create();
              const ledger = await opened(entries);
              for (const sinceMs of [0, ...moments]) {
                const found = [...(await ledger.charged(sinceMs))].filter(([, nano]) => nano !== 0n);
                const expected = [...plainCharges(entries, sinceMs)].filter(([, nano]) => nano !== 0n);
                assert.deepEqual(new Map(found), new Map(expected));
              }
            },
          ),
          { numRuns: RUNS },
        );
      });
    });
  });
}

/** In an order that any set of rows has. */
function inOrder(rows: readonly TotalsRow[]): readonly TotalsRow[] {
  const key = ({ values, startMs }: TotalsRow): string => JSON.stringify([startMs, values]);
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function assertDearestFirst(rows: readonly TotalsRow[]): void {
  const costs = rows.map(({ costNano }) => costNano);
  assert.deepEqual(
    costs,
    costs.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)),
  );
}

/** A row says what the text of its entry says, whichever way the text was read and the row was bound. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import type { AttemptEntry, LedgerEntry } from '../../../src/core/ledger-entry.ts';
import { bodyOf, entryOf } from '../../../src/ledger/chain.ts';
import { columnsOf, columnsOfBody } from '../../../src/ledger/columns.ts';
import { BodyReader } from '../../../src/ledger/sqlite/body-reader.ts';
import { linesOf } from '../../../src/ledger/sqlite/journal-line.ts';
import { rowOf } from '../../../src/ledger/sqlite/row.ts';
import { takeInJournals } from '../../../src/ledger/sqlite/take-in.ts';
import { entriesArbitrary } from '../../contract/ledger-model.ts';
import { adjustmentOf, attemptEntry, manyEntries, priced } from '../entries.ts';
import { createPlace, type Place } from './place.ts';

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('],"chargedNano":"1",', ',"durationMs":', '"accounts":["', '\\', '\ud800', '\0', '\n', '{', '€'),
);
/** Without escapes: JSON.parse of V8 13.6 takes a name that ends in one for another name, now and then. */
const names = fc.constantFrom(
  'a',
  'chargedNano',
  'accounts',
  'subject',
  'durationMs',
  'outcome',
  '__proto__',
  '€',
  '],',
);
const optional = <T>(name: string, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map((told) => (told === undefined ? {} : { [name]: told }));
const parts = <T extends object>(...all: readonly fc.Arbitrary<T>[]) =>
  fc.tuple(...all).map((told): T => Object.assign({}, ...told));

/** With its fields in the order in which the gateway has them, which is read without JSON. */
function told(overrides: Partial<AttemptEntry>): AttemptEntry {
  const { subject, keyId, firstTokenMs, accounts, chargedNano, index, reason, operation, requestedModel, ...others } =
    attemptEntry(overrides);
  const { outcome, durationMs, usage, cost, late, ...before } = others;
  return {
    ...before,
    ...(subject === undefined ? {} : { subject }),
    ...(keyId === undefined ? {} : { keyId }),
    ...{ accounts, chargedNano, index, reason, operation },
    ...(requestedModel === undefined ? {} : { requestedModel }),
    ...{ outcome, durationMs },
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    ...{ usage, cost },
    ...(late === undefined ? {} : { late }),
  };
}

/** Entries with whatever may stand in a text, of few values, so that they share it. */
const odd: fc.Arbitrary<LedgerEntry> = fc
  .record({
    id: words,
    atMs: fc.double({ min: 0, max: 2 ** 45, noNaN: true }),
    chargedNano: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
    durationMs: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    accounts: fc.array(words, { maxLength: 2 }),
    index: fc.nat({ max: 1 }),
    nano: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
    isEstimated: fc.boolean(),
    isLate: fc.boolean(),
    input: fc.nat(),
    tags: fc.option(fc.dictionary(names, words, { maxKeys: 2, noNullPrototype: true }), { nil: undefined }),
    optionals: parts<object>(
      ...['subject', 'keyId', 'requestedModel'].map((name) => optional(name, words)),
      optional('firstTokenMs', fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
    ),
    counts: parts<object>(
      ...['cacheRead', 'cacheWrite', 'cacheWrite1h', 'reasoning', 'inputAudio'].map((name) => optional(name, fc.nat())),
      optional('tier', words),
    ),
  })
  .map(({ nano, isEstimated, isLate, input, tags, optionals, counts, ...plain }) => {
    const {
      subject,
      keyId,
      requestedModel,
      firstTokenMs,
    }: Partial<LedgerEntry & { firstTokenMs: number }> & {
      requestedModel?: string;
    } = optionals;
    return told({
      ...plain,
      ...(subject === undefined ? {} : { subject }),
      ...(keyId === undefined ? {} : { keyId }),
      ...(requestedModel === undefined ? {} : { requestedModel }),
      ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
      ...(isLate ? { late: true } : {}),
      attribution: { team: 'search', application: 'web', environment: 'prod', ...(tags === undefined ? {} : { tags }) },
      usage: { kind: 'exact', tokens: { input, output: 7, ...counts } },
      cost: priced(nano, isEstimated),
    });
  });

describe('the text of an entry, read for a row', () => {
  it('says what it says as JSON, whatever is in it, and however often', () => {
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 4 }), entriesArbitrary, (some, others) => {
        const reader = new BodyReader();
        const entries = [...some, ...others];
        // The second time what they share is known.
        for (const entry of [...entries, ...entries]) {
          assert.deepEqual(reader.read(bodyOf(entry)), rowOf(columnsOf(entry)));
        }
      }),
      { numRuns: 300 },
    );
  });

  /** Valid JSON that `bodyOf` does not write: another order, other fields, fields twice, names of fields where others are. */
  const text = bodyOf(attemptEntry());
  for (const [from, to] of [
    ['"id":"call-1/0","callId":"call-1"', '"callId":"call-1","id":"call-1/0"'],
    ['"target":', '"id":"other","target":'],
    ['"target":', '"more":[{"chargedNano":"5"}],"target":'],
    ['"environment":"prod"', '"environment":"prod","tags":{"chargedNano":"7","accounts":"x"}'],
    ['"environment":"prod"', '"environment":"prod","more":["a"],"chargedNano":"7"'],
    ['"outcome":"ok"', '"outcome":"ok","durationMs":3'],
    ['"outcome":"ok"', '"outcome":"ok","cost":{"kind":"none"}'],
    ['"index":0', '"index":0,"more":{"a":1,"durationMs":2}'],
    ['"output":10', '"output":10,"output":11'],
    ['"cacheRead":40', '"cacheRead":40,"cacheRead":41'],
    ['"input":100', '"input":1e2'],
    ['"estimated":false', '"estimated":true,"estimated":false'],
    ['"chargedNano":"1000"', '"chargedNano" : "1000"'],
    ['"kind":"attempt"', '"kind":"attempt","kind":"attempt"'],
    ['"team":"search"', '"team":"se\\u0061rch"'],
  ] as const) {
    it(`says what it says as JSON with ${to} for ${from}`, () => {
      const reader = new BodyReader();
      reader.read(text);
      const body = text.replace(from, to);
      for (let time = 0; time < 2; time += 1) assert.deepEqual(reader.read(body), rowOf(columnsOfBody(body)));
      assert.deepEqual(reader.read(text), rowOf(columnsOfBody(text)));
    });
  }

  for (const body of [
    '',
    '{',
    '{"kind":"attempt"}',
    text.slice(0, -1),
    `${text}}`,
    text.replace('"call-1/0"', '"\n"'),
  ]) {
    it(`is refused where it is no entry: ${body.slice(0, 30)}… of ${body.length}`, () => {
      assert.throws(() => new BodyReader().read(body), /JSON|undefined/);
    });
  }

  it('shares with others what is the same, so long as not too many are known', () => {
    const reader = new BodyReader();
    const [one, other] = manyEntries(2, () => ({ subject: 'ada', firstTokenMs: 2.5, late: true })).map((entry) =>
      reader.read(bodyOf(told(entry))),
    );
    assert.equal(one?.shared, other?.shared);
    const many = [
      ...manyEntries(2_100, (index) => ({ subject: `s${index}` })),
      ...manyEntries(600, (index) => ({ subject: `s${index % 3}`, requestedModel: `m${index % 250}` })),
    ].map(told);
    for (const entry of many) assert.deepEqual(reader.read(bodyOf(entry)), rowOf(columnsOf(entry)));
    assert.deepEqual(reader.read(bodyOf(attemptEntry())), rowOf(columnsOf(attemptEntry())));
  });
});

describe('rows that share much', () => {
  let place: Place;
  beforeEach(() => {
    place = createPlace();
  });
  afterEach(() => place.clean());

  it('are what was written, in turns, with quotes, and of several chains', async () => {
    const subjects = ["O'Hara", "'; DROP TABLE entries; --", 'a"b', '\0', '\ud800', '?1', '𝒳'];
    const entries = (name: string): readonly LedgerEntry[] =>
      manyEntries(280, (index) => ({
        id: `${name}-${index}`,
        subject: subjects[index % subjects.length] ?? '',
        ...(index % 2 === 0 ? {} : { accounts: [] }),
        attribution: { ...attemptEntry().attribution, ...(index % 2 === 0 ? {} : { tags: { "it's": "'" } }) },
      })).map(told);
    for (const name of ['one', 'two']) await place.write(name, entries(name));
    // The same again changes nothing, also where only some are known.
    await place.write('one', [...entries('one'), adjustmentOf(attemptEntry(), -5n), ...entries('one')]);
    assert.deepEqual(place.ask('SELECT chain, count(*) AS rows FROM entries GROUP BY chain ORDER BY chain'), [
      { chain: 'one', rows: 281 },
      { chain: 'two', rows: 280 },
    ]);
    assert.deepEqual(await place.faults(), []);
  });

  it('are each in the chain of its journal, whoever moves several', async () => {
    await place.write('zero', []);
    for (const name of ['one', 'two', 'three']) {
      const bodies = manyEntries(40, (index) => ({ id: `${name}-${index}` })).map(bodyOf);
      writeFileSync(`${place.file}.journal-${name}-1`, linesOf(bodies));
    }
    takeInJournals(place.file, assert.fail);
    assert.deepEqual(place.ask('SELECT chain, count(*) AS rows FROM entries GROUP BY chain ORDER BY chain'), [
      { chain: 'one', rows: 40 },
      { chain: 'three', rows: 40 },
      { chain: 'two', rows: 40 },
    ]);
    assert.deepEqual(await place.faults(), []);
  });

  it('are what was written where more of them come than statements are kept', async () => {
    const entries = manyEntries(280 * 17, (index) => ({ subject: `s${index % 280}` })).map(told);
    await place.write('one', entries);
    assert.deepEqual(place.ask('SELECT count(DISTINCT subject) AS subjects, count(*) AS rows FROM entries'), [
      { subjects: 280, rows: 280 * 17 },
    ]);
    assert.deepEqual(await place.faults(), []);
  });
});

describe('the text of an entry', () => {
  /** What its fields are in JSON, in the order in which the gateway has them. */
  const plainText = (entry: LedgerEntry): string => {
    const amount = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
    if (entry.kind === 'adjustment' || entry.cost.kind !== 'priced') return JSON.stringify(entry, amount);
    const { estimated, ...cost } = entry.cost;
    return JSON.stringify(told({ ...entry, cost: { ...cost, estimated } }), amount);
  };

  it('is that of its fields, whatever was written before it', () => {
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()), (entries, picks) => {
        // The same callers come again, with one thing or another changed.
        for (let time = 0; time < 12; time += 1) {
          const entry = entries[(picks.next().value ?? 0) % entries.length];
          const other = entries[(picks.next().value ?? 0) % entries.length];
          assert.ok(entry && other);
          const { accounts, policyDigest, attribution, subject } = other;
          const mixed = [
            entry,
            { ...entry, accounts },
            { ...entry, policyDigest },
            { ...entry, attribution },
            { ...entry, ...(subject === undefined ? {} : { subject }) },
          ];
          for (const one of mixed) {
            assert.equal(bodyOf(one), plainText(one));
            assert.deepEqual(entryOf(bodyOf(one)), entryOf(plainText(one)));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

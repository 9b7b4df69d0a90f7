import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { parse } from 'yaml';

import { count, EVALUATORS, emptyReport, excludedDocument, type Report } from './board.ts';
import { type CaseCompiler, createCaseCompiler, type Wanted } from './compiled.ts';
import { runCase } from './score.ts';
import { type CaseFile, caseFiles, casesFolder } from './sources.ts';

/** One case of every topic, from the middle of it; the whole suite is `npm run conformance`. */
function sampleOf(files: readonly CaseFile[]): Wanted[] {
  return [...Map.groupBy(files, (file) => file.topic).values()].flatMap((inTopic) => {
    const middle = inTopic[Math.floor(inTopic.length / 2)];
    return middle === undefined ? [] : [{ ...middle, only: [0] }];
  });
}

/** The files and places of cases by their notes. */
async function find(files: readonly CaseFile[], notes: ReadonlySet<string>): Promise<Wanted[]> {
  const wanted: Wanted[] = [];
  for (const file of files) {
    const text = await readFile(file.path, 'utf8');
    if (![...notes].some((note) => text.includes(note))) continue;
    // The shape of a file of cases; only the notes are looked at.
    const { cases } = parse(text, { logLevel: 'silent' }) as {
      readonly cases: ReadonlyArray<{ readonly note: string }>;
    };
    const only = cases.flatMap(({ note }, i) => (notes.has(note) ? [i] : []));
    if (only.length > 0) wanted.push({ ...file, only });
  }
  return wanted;
}

suite("OPA's published cases", () => {
  let compiler: CaseCompiler;
  let files: readonly CaseFile[];
  let listed: ReadonlySet<string>;
  let document: string;

  before(async () => {
    compiler = createCaseCompiler();
    files = await caseFiles(await casesFolder());
    document = await readFile(join(import.meta.dirname, 'EXCLUDED.md'), 'utf8');
    listed = new Set(Array.from(document.matchAll(/^ {2}- `(.*)`$/gm), (match) => match[1] ?? ''));
  });
  after(() => compiler.close());

  test('a case of every topic passes, or is refused by the name of what is missing', async () => {
    const report: Report = emptyReport();
    for (const asked of await compiler.compile('sample', sampleOf(files))) await count(report, asked, ['wasm', 'plan']);
    assert.deepEqual([report.wrong, report.planWrong], [[], []]);
    assert.deepEqual(
      report.excluded.map(({ note }) => note).filter((note) => !listed.has(note)),
      [],
      'excluded cases that EXCLUDED.md does not list',
    );
    for (const name of ['wasm', 'plan']) {
      const { passed, refused } = report.evaluators[name] ?? { passed: 0, refused: 0 };
      assert.ok(passed >= 125, `${name}: ${passed} passed`);
      assert.ok(refused <= 15, `${name}: ${refused} refused for ${Object.keys(report.refusedBy).join(', ')}`);
    }
  });

  test('EXCLUDED.md says of every case why it is not asked, and nothing else', async () => {
    const report = emptyReport();
    for (const asked of await compiler.compile('excluded', await find(files, listed)))
      await count(report, asked, ['wasm']);
    assert.equal(excludedDocument(report.excluded), document);
  });

  test('a case whose wanted result is changed is judged wrong', async () => {
    const [asked] = await compiler.compile('sample', sampleOf(files.filter((file) => file.topic === 'sprintf')));
    assert.ok(asked);
    assert.deepEqual(await runCase(EVALUATORS.wasm, asked), { kind: 'passed' });
    const changed = { ...asked, want_result: JSON.stringify([{ x: 'something else' }]) };
    assert.equal((await runCase(EVALUATORS.wasm, changed)).kind, 'wrong');
  });
});

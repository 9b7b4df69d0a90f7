/**
 * Runs OPA's published cases (v1) on our evaluators and on the official SDK.
 *   npm run conformance -- [--json FILE] [--cases FOLDER] [--only REGEX] [--evaluator wasm|plan|sdk]... [--write-excluded]
 * Table on standard output, progress on standard error; exit code 1 when ours is wrong anywhere, or when EXCLUDED.md does
 * not list exactly what a whole run excludes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { askedOf } from '../runner/asked.ts';
import { count, emptyReport, excludedDocument, table } from './board.ts';
import { createCaseCompiler } from './compiled.ts';
import { caseFiles, casesFolder } from './sources.ts';

const USAGE = `usage: npm run conformance -- [--json FILE] [--cases FOLDER] [--only REGEX] [--evaluator wasm|plan|sdk]… [--write-excluded]
  npm run conformance                              every case, on every evaluator
  npm run conformance -- --only '^regex'           cases whose names match
  npm run conformance -- --evaluator plan          one evaluator
`;
const values = askedOf(USAGE, () => {
  const { values: asked } = parseArgs({
    options: {
      json: { type: 'string' },
      cases: { type: 'string' },
      only: { type: 'string' },
      evaluator: { type: 'string', multiple: true, default: ['wasm', 'plan', 'sdk'] },
      'write-excluded': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return asked.help ? undefined : asked;
});

const files = await caseFiles(values.cases ?? (await casesFolder()));
const topics = [...new Set(files.map((file) => file.topic))];
const only = values.only === undefined ? undefined : new RegExp(values.only);
const names = (['wasm', 'plan', 'sdk'] as const).filter((name) => values.evaluator.includes(name));
const compiler = createCaseCompiler();
const report = emptyReport();
try {
  for (const [i, topic] of topics.entries()) {
    const cases = await compiler.compile(
      topic,
      files.filter((file) => file.topic === topic),
    );
    for (const asked of cases) if (only === undefined || only.test(asked.note)) await count(report, asked, names);
    process.stderr.write(`\r${i + 1}/${topics.length} topics, ${report.cases} cases  `);
  }
} finally {
  compiler.close();
  process.stderr.write('\n');
}

process.stdout.write(`${table(report)}\n`);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
const listing = join(import.meta.dirname, 'EXCLUDED.md');
if (values['write-excluded']) await writeFile(listing, excludedDocument(report.excluded));
const isWhole = values.only === undefined && names.includes('wasm');
const isCurrent = !isWhole || (await readFile(listing, 'utf8')) === excludedDocument(report.excluded);
if (!isCurrent) process.stderr.write('EXCLUDED.md is not current: run with --write-excluded\n');
process.exitCode = report.wrong.length + report.planWrong.length > 0 || !isCurrent ? 1 : 0;

/**
 * npm run bench [-- decision|tracing|load|memory|gateway|money …] [--peers] [--quick] [--json FILE]
 *
 * Runs the named sections (default: all), prints a table of each and every ratio that the project holds itself to.
 * Exits with 1 when a ratio is missed.
 */
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { locateCompiler } from '../src/policy/compiler/artifact.ts';
import { createCompiler } from '../src/policy/compiler/client.ts';
import { decisionSection } from './decision/section.ts';
import { gatewaySection } from './gateway/section.ts';
import { loadSection } from './load/section.ts';
import { memorySection } from './memory/section.ts';
import { moneySection } from './money/section.ts';
import type { BenchOptions, Section } from './section.ts';
import { renderBars, renderSection } from './table.ts';
import { tracingSection } from './tracing/section.ts';

const SECTIONS = {
  decision: decisionSection,
  tracing: tracingSection,
  load: loadSection,
  memory: memorySection,
  gateway: gatewaySection,
  money: moneySection,
} as const;
const isSection = (name: string): name is keyof typeof SECTIONS => Object.hasOwn(SECTIONS, name);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const unknown = positionals.find((name) => !isSection(name));
if (values.help || unknown !== undefined) {
  if (unknown !== undefined) process.stderr.write(`no section "${unknown}"\n`);
  process.stdout.write(
    `usage: npm run bench -- [${Object.keys(SECTIONS).join('|')} …] [--peers] [--quick] [--json FILE]\n`,
  );
  process.exit(unknown === undefined ? 0 : 2);
}

const options: BenchOptions = {
  peers: values.peers,
  quick: values.quick,
  progress: (line) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`),
};
const compiler = createCompiler(locateCompiler());
const wanted = positionals.filter(isSection);
const sections: Section[] = [];
try {
  for (const name of wanted.length === 0 ? (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]) : wanted) {
    const section = await SECTIONS[name](compiler, options);
    process.stdout.write(`${renderSection(section)}\n`);
    sections.push(section);
  }
} finally {
  compiler.close();
}
const bars = sections.flatMap((section) => section.bars);
process.stdout.write(`${renderBars(bars)}\n`);
const missed = bars.filter((bar) => !bar.holds).length;
process.stdout.write(`\n${bars.length - missed} bars hold, ${missed} missed\n`);

if (values.json !== undefined) {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryBytes: totalmem() };
  const report = { measuredAt: new Date().toISOString(), quick: options.quick, machine, bars, sections };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exit(missed === 0 ? 0 : 1);

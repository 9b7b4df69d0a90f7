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
import { askedOf } from '../test/runner/asked.ts';
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

const USAGE = `usage: npm run bench -- [${Object.keys(SECTIONS).join('|')} …] [--peers] [--quick] [--json FILE]
  npm run bench                                    every section
  npm run bench -- decision --quick                one of them, in short
  npm run bench -- gateway --peers --json it.json  beside the peers that are installed here, and as JSON
`;

interface Asked {
  readonly sections: readonly (keyof typeof SECTIONS)[];
  readonly peers: boolean;
  readonly quick: boolean;
  readonly json: string | undefined;
}

function read(): Asked | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      peers: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const unknown = positionals.find((name) => !isSection(name));
  if (unknown !== undefined) throw new Error(`there is no section "${unknown}"`);
  const words = positionals.length === 0 ? Object.keys(SECTIONS) : positionals;
  return { sections: words.filter(isSection), peers: values.peers, quick: values.quick, json: values.json };
}

const asked = askedOf(USAGE, read);

const options: BenchOptions = {
  peers: asked.peers,
  quick: asked.quick,
  progress: (line) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`),
};
const compiler = createCompiler(locateCompiler());
const sections: Section[] = [];
try {
  for (const name of asked.sections) {
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

if (asked.json !== undefined) {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryBytes: totalmem() };
  const report = { measuredAt: new Date().toISOString(), quick: options.quick, machine, bars, sections };
  writeFileSync(asked.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exit(missed === 0 ? 0 : 1);

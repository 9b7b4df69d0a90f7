/** Memory after many decisions: flat is the only good answer. A process of its own decides and tells its size. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Compiler } from '../../src/policy/compiler/client.ts';
import { atMost } from '../bars.ts';
import { samplePolicy } from '../decision/sample-policy.ts';
import type { BenchOptions, Section } from '../section.ts';

const EARLY = 10_000;
const LATE = 1_000_000;

export async function memorySection(compiler: Compiler, options: BenchOptions): Promise<Section> {
  await samplePolicy('sample', compiler); // built here, so that the child finds it in the cache
  const late = options.quick ? LATE / 10 : LATE;
  options.progress(`memory after ${late.toLocaleString('en-US')} decisions`);
  const child = fork(fileURLToPath(new URL('./decider.ts', import.meta.url)), [], {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.send({ marks: [EARLY, late] });
  const [sizes]: unknown[] = await once(child, 'message');
  child.kill();
  const [early, after] = sizes as readonly [Sizes, Sizes]; // what decider.ts sends
  const row = (name: string, { rssBytes, heapBytes, wasmBytes }: Sizes) => ({
    case: name,
    contender: 'turnpike',
    figures: { 'RSS MiB': rssBytes / MIB, 'JS heap MiB': heapBytes / MIB, 'wasm MiB': wasmBytes / MIB },
  });
  return {
    title: 'memory',
    rows: [row(`after ${EARLY} decisions`, early), row(`after ${late} decisions`, after)],
    bars: [atMost(`RSS after ${late} decisions / after ${EARLY}`, after.rssBytes / early.rssBytes, 1.1)],
    notes: ['the decide flow with a session each, garbage collected before each reading'],
  };
}

const MIB = 1024 ** 2;

interface Sizes {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly wasmBytes: number;
}

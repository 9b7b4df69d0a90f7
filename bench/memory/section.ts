/** Memory after many decisions: flat is the only good answer. A process of its own decides and tells its size. */
import type { Compiler } from '../../src/policy/compiler/client.ts';
import { atMost } from '../bars.ts';
import { samplePolicy } from '../decision/sample-policy.ts';
import { startChild } from '../load/child.ts';
import type { BenchOptions, Section } from '../section.ts';

const EARLY = 10_000;
const LATE = 1_000_000;

export async function memorySection(compiler: Compiler, options: BenchOptions): Promise<Section> {
  await samplePolicy('sample', compiler); // built here, so that the child finds it in the cache
  const late = options.quick ? LATE / 10 : LATE;
  options.progress(`memory after ${late.toLocaleString('en-US')} decisions`);
  const script = new URL('./decider.ts', import.meta.url);
  const child = await startChild<readonly [Sizes, Sizes]>(script, { marks: [EARLY, late] }, { flags: ['--expose-gc'] });
  await child.stop();
  const [early, after] = child.addresses;
  const row = (name: string, { rssBytes, heapBytes, wasmBytes }: Sizes) => ({
    case: name,
    contender: 'turnpike',
    figures: { 'RSS MiB': rssBytes / MIB, 'JS heap MiB': heapBytes / MIB, 'wasm MiB': wasmBytes / MIB },
  });
  return {
    title: 'memory',
    rows: [row(`after ${EARLY} decisions`, early), row(`after ${late} decisions`, after)],
    bars: [atMost(`RSS after ${late} decisions / after ${EARLY}`, after.rssBytes / early.rssBytes, 1.1)],
    notes: [
      'the decide flow with a session each, by WebAssembly and by the plan in turn; garbage collected before each reading',
    ],
  };
}

const MIB = 1024 ** 2;

interface Sizes {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly wasmBytes: number;
}

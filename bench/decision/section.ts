/** Latency of one decision in-process: our whole `decide` beside the official SDK's bare `evaluate`. */
import assert from 'node:assert/strict';
import type { Compiler } from '../../src/policy/compiler/client.ts';
import { atMost, type Bar } from '../bars.ts';
import { compare, pairedRatio, pairedShare, type Timing } from '../measure.ts';
import type { BenchOptions, Row, Section } from '../section.ts';
import { DECISION_CASES, type DecisionCase, ROUTED_40 } from './cases.ts';
import { bareOpaEval, inputOf, loadOurs, loadSdk, type OurPolicy } from './contenders.ts';
import { RULE_COUNTS, rulesInput, rulesModule } from './rule-count.ts';
import { type CatalogueSize, ENTRYPOINT, samplePolicy } from './sample-policy.ts';

const OURS = 'turnpike decide';
const EVALUATE = 'turnpike evaluate';
const OURS_PLAN = 'turnpike decide, from the plan';
const EVALUATE_PLAN = 'turnpike evaluate, from the plan';
const SDK = 'official SDK evaluate';
const BARE = 'opa_eval alone';

export async function decisionSection(compiler: Compiler, options: BenchOptions): Promise<Section> {
  const rows: Row[] = [];
  const bars: Bar[] = [];
  const decideP50 = new Map<string, Timing>();
  for (const size of ['sample', 400, 4000] as const) {
    options.progress(`decisions over ${size} models: building`);
    const program = await samplePolicy(size, compiler);
    const ours = await loadOurs(program);
    const sdk = loadSdk(program);
    for (const one of casesOver(size)) {
      options.progress(one.name);
      const input = inputOf(one.request);
      await sameAnswer(one, ours, sdk, input);
      const timings = await compare(
        [
          { name: OURS, run: () => ours.engine.decide(one.request) },
          { name: EVALUATE, run: () => ours.evaluator.evaluate(ENTRYPOINT, input) },
          { name: SDK, run: () => sdk.evaluate(input) },
          { name: BARE, run: bareOpaEval(program, input, 0) },
          { name: OURS_PLAN, run: () => ours.plan.engine.decide(one.request) },
          { name: EVALUATE_PLAN, run: () => ours.plan.evaluator.evaluate(ENTRYPOINT, input) },
        ],
        rounds(options),
      );
      rows.push(...timings.map((timing) => rowOf(one.name, timing)));
      const [decide, evaluate, official, bare, , evaluatePlan] = timings;
      if (decide === undefined || evaluate === undefined || official === undefined || bare === undefined) continue;
      if (evaluatePlan !== undefined) {
        bars.push(
          atMost(`evaluate from the plan / from WebAssembly: ${one.name}`, pairedRatio(evaluatePlan, evaluate), 0.5),
        );
      }
      decideP50.set(one.name, decide);
      bars.push(atMost(`decide / SDK evaluate: ${one.name}`, pairedRatio(decide, official), 1));
      const share = pairedShare(evaluate, official, bare);
      bars.push(atMost(`host share over opa_eval / SDK's share: ${one.name}`, share, 0.5));
    }
    ours.evaluator.close();
    ours.plan.evaluator.close();
  }
  bars.push(...growth(decideP50));
  rows.push(...(await ruleCounts(compiler, options)));
  return {
    title: 'decision in-process',
    rows,
    bars,
    notes: [
      'answers of all contenders were equal before anything was timed',
      `"${OURS}" is all of it: input, validation, metered evaluation, decision, id; the others only evaluate`,
      '"opa_eval alone" runs the unmetered module on input that is already text in its memory',
    ],
  };
}

const casesOver = (size: CatalogueSize): readonly DecisionCase[] => DECISION_CASES.filter((one) => one.models === size);

const rounds = (options: BenchOptions): object =>
  options.quick ? { rounds: 3, roundMs: 60, warmupMs: 150 } : { rounds: 9 };

const rowOf = (name: string, timing: Timing): Row => ({
  case: name,
  contender: timing.name,
  figures: { 'p50 µs': timing.p50Us, 'p99 µs': timing.p99Us, 'per s': 1e6 / timing.p50Us },
});

async function sameAnswer(
  one: DecisionCase,
  ours: OurPolicy,
  sdk: { evaluate(input: unknown): unknown },
  input: unknown,
): Promise<void> {
  const decision = await ours.engine.decide(one.request);
  assert.equal(decision.document.outcome, one.outcome, `${one.name}: ${JSON.stringify(decision.document.reasons)}`);
  assert.deepEqual(decision.document, sdk.evaluate(input), one.name);
  assert.deepEqual(ours.plan.evaluator.evaluate(ENTRYPOINT, input), decision.document, `${one.name}, from the plan`);
}

function growth(decide: ReadonlyMap<string, Timing>): readonly Bar[] {
  const p50 = (name: string): number => decide.get(name)?.p50Us ?? Number.NaN;
  const base = p50(ROUTED_40);
  return [
    atMost('decide, routing over 400 models / over 40', p50('allow, routing over 400 models') / base, 3),
    atMost('decide, routing over 4,000 models / over 40', p50('allow, routing over 4,000 models') / base, 6),
  ];
}

async function ruleCounts(compiler: Compiler, options: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const count of RULE_COUNTS) {
    options.progress(`${count} rules`);
    const entrypoint = 'bench/rules/decision';
    const built = await compiler.compileModules({
      modules: { 'rules.rego': rulesModule(count) },
      entrypoints: [entrypoint],
    });
    if (built.kind === 'refused') throw new Error(built.diagnostics.map((one) => one.message).join('; '));
    const program = { wasm: built.value.wasm, plan: built.value.plan, dataJson: Buffer.from('{}') };
    const { evaluator, plan } = await loadOurs(program);
    const sdk = loadSdk(program, entrypoint);
    const input = rulesInput(count);
    assert.deepEqual(evaluator.evaluate(entrypoint, input), sdk.evaluate(input));
    const timings = await compare(
      [
        { name: EVALUATE, run: () => evaluator.evaluate(entrypoint, input) },
        { name: SDK, run: () => sdk.evaluate(input) },
        { name: EVALUATE_PLAN, run: () => plan.evaluator.evaluate(entrypoint, input) },
      ],
      rounds(options),
    );
    rows.push(...timings.map((timing) => rowOf(`${count} rules, the last denies`, timing)));
    evaluator.close();
  }
  return rows;
}

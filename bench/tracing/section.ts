/** What a traced decision costs: the decide flow in-process, every decision recorded and exported over OTLP. */

import { SYSTEM_CLOCK } from '../../src/engine/clock.ts';
import type { Arrival } from '../../src/flows/arrival.ts';
import { createDecideFlow } from '../../src/flows/decide.ts';
import { type Observer, silentObserver } from '../../src/flows/observer.ts';
import { createRecentDecisions } from '../../src/flows/recent-decisions.ts';
import { createOpenIdentity } from '../../src/identity/open.ts';
import type { Compiler } from '../../src/policy/compiler/client.ts';
import { startTelemetry } from '../../src/telemetry/sdk.ts';
import { atMost } from '../bars.ts';
import { DECISION_CASES, ROUTED_40 } from '../decision/cases.ts';
import { loadOurs } from '../decision/contenders.ts';
import { samplePolicy } from '../decision/sample-policy.ts';
import { startChild } from '../load/child.ts';
import { compare, pairedRatio } from '../measure.ts';
import type { BenchOptions, Section } from '../section.ts';

const ARRIVAL: Arrival = {
  transport: 'embedded',
  operation: 'bench',
  credential: { kind: 'none' },
  header: () => undefined,
};

export async function tracingSection(compiler: Compiler, options: BenchOptions): Promise<Section> {
  options.progress('tracing on and off');
  const routed = DECISION_CASES.find((one) => one.name === ROUTED_40);
  if (routed === undefined) throw new Error(`no case ${ROUTED_40}`);
  const { engine, evaluator } = await loadOurs(await samplePolicy('sample', compiler));
  const sink = await startChild<{ readonly otlp: string }>(new URL('./sink.ts', import.meta.url), {});
  const telemetry = await startTelemetry(
    {},
    {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.addresses.otlp,
    },
  );
  const flowWith = (observer: Observer) => {
    const open = createDecideFlow({
      identity: createOpenIdentity(),
      engine,
      observer,
      recent: createRecentDecisions(),
      clock: SYSTEM_CLOCK,
    });
    return async () => {
      const session = await open(ARRIVAL);
      const decision = await session.decide(routed.request);
      session.end();
      return decision;
    };
  };
  const timings = await compare(
    [
      { name: 'tracing off', run: flowWith(silentObserver) },
      { name: 'tracing on', run: flowWith(telemetry.observer) },
    ],
    options.quick ? { rounds: 3 } : { rounds: 9, roundMs: 300 },
  );
  await telemetry.shutdown(2000);
  await sink.stop();
  evaluator.close();
  const [off, on] = timings;
  if (off === undefined || on === undefined) throw new Error('nothing was measured');
  return {
    title: 'tracing',
    rows: timings.map((timing) => ({
      case: ROUTED_40,
      contender: timing.name,
      figures: { 'p50 µs': timing.p50Us, 'p99 µs': timing.p99Us },
    })),
    bars: [atMost('decide flow, tracing on / off', pairedRatio(on, off), 1.4)],
    notes: [
      'one turnpike.decide span a decision, all recorded; OTLP over HTTP to a receiver in another process',
      'what a full queue dropped was made but not sent; a server under this load would be at its limit',
    ],
  };
}

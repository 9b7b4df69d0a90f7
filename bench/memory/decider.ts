/**
 * Decides without end in sight, by WebAssembly and by the plan in turn; at each mark it collects garbage and notes its
 * size. Started by section.ts.
 */

import { SYSTEM_CLOCK } from '../../src/engine/clock.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createDecideFlow } from '../../src/flows/decide.ts';
import { silentObserver } from '../../src/flows/observer.ts';
import { createRecentDecisions } from '../../src/flows/recent-decisions.ts';
import { createOpenIdentity } from '../../src/identity/open.ts';
import { locateCompiler } from '../../src/policy/compiler/artifact.ts';
import { createCompiler } from '../../src/policy/compiler/client.ts';
import { DECISION_CASES } from '../decision/cases.ts';
import { loadOurs } from '../decision/contenders.ts';
import { samplePolicy } from '../decision/sample-policy.ts';

process.once('message', async ({ marks }: { readonly marks: readonly number[] }) => {
  const compiler = createCompiler(locateCompiler());
  const program = await samplePolicy('sample', compiler);
  compiler.close();
  const { engine, evaluator, plan } = await loadOurs(program);
  const flowOf = (by: Engine) =>
    createDecideFlow({
      identity: createOpenIdentity(),
      engine: by,
      observer: silentObserver,
      recent: createRecentDecisions(),
      clock: SYSTEM_CLOCK,
    });
  const byWasm = flowOf(engine);
  const byPlan = flowOf(plan.engine);
  const requests = DECISION_CASES.filter((one) => one.models === 'sample').map((one) => one.request);
  const sizes: object[] = [];
  let made = 0;
  for (const mark of marks) {
    for (; made < mark; made += 1) {
      const open = Math.floor(made / requests.length) % 2 === 0 ? byWasm : byPlan;
      const session = await open({
        transport: 'embedded',
        operation: 'bench',
        credential: { kind: 'none' },
        header: () => undefined,
      });
      await session.decide(requests[made % requests.length]);
      session.end();
    }
    for (let pass = 0; pass < 4; pass += 1) globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    sizes.push({ rssBytes: rss, heapBytes: heapUsed, wasmBytes: evaluator.usedBytes() });
  }
  process.send?.(sizes);
});

/** The scripted flows of the contract suite, with an answer to everything. */
import type { Decision } from '../../../../src/core/decision.ts';
import type { PolicyStatus } from '../../../../src/engine/active-policy.ts';
import { type Script, type ScriptedFlows, scriptedFlows } from '../../../contract/scripted-flows.ts';
import { DECISIONS } from '../../../contract/transport-cases.ts';
import { scriptedPolicy } from '../../../support/scripted-policy.ts';

export const ALLOWED: Decision = decisionOf('allow');
export const DENIED: Decision = decisionOf('deny');
export const THROTTLED: Decision = decisionOf('throttle');

/** Serving, synced at the epoch. */
export const SERVING: PolicyStatus = scriptedPolicy(() => undefined).status();

/** `open` stands for identity, which every path of the flows asks first. */
export function answering(script: Script = {}): ScriptedFlows {
  const { open, report, query } = script;
  return scriptedFlows({
    decide: () => ALLOWED,
    status: () => SERVING,
    ...script,
    report: (told, arrival) => {
      open?.(arrival);
      return report?.(told, arrival) ?? { duplicate: false, matched: true };
    },
    query: (path, input, arrival) => {
      open?.(arrival);
      return query?.(path, input, arrival) ?? { result: { path, input: input ?? null }, decisionId: 'query-1' };
    },
  });
}

function decisionOf(outcome: string): Decision {
  const found = DECISIONS.find(({ decision }) => decision.document.outcome === outcome);
  if (found === undefined) throw new Error(`no case of ${outcome}`);
  return found.decision;
}

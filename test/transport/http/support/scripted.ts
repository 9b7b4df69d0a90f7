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

export function answering(script: Script = {}): ScriptedFlows {
  return scriptedFlows({
    decide: () => ALLOWED,
    report: () => ({ duplicate: false, matched: true }),
    query: (path, input) => ({ result: { path, input: input ?? null }, decisionId: 'query-1' }),
    status: () => SERVING,
    ...script,
  });
}

function decisionOf(outcome: string): Decision {
  const found = DECISIONS.find(({ decision }) => decision.document.outcome === outcome);
  if (found === undefined) throw new Error(`no case of ${outcome}`);
  return found.decision;
}

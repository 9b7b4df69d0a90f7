/** The deny that the engine itself gives when a policy broke: its own code, and a fault for telemetry. */
import type { Decision, RefusalDocument } from '../core/decision.ts';
import type { PolicyInput } from '../core/input.ts';

/** Codes of engine denials, and what an asker is told. Details stay in the fault: they speak of the policy's inside. */
const MESSAGES = {
  invalid_decision: 'the policy returned a document that is not a decision',
  unknown_obligation: 'the policy demands an obligation that this version does not know',
  no_decision: 'the policy decided nothing',
  evaluation_failed: 'the policy could not be evaluated',
  evaluation_limit: 'the policy was stopped at its evaluation limit',
} as const;

export type RefusalCode = keyof typeof MESSAGES;

export function refusal(
  input: PolicyInput,
  code: RefusalCode,
  detail: string,
): { document: RefusalDocument; fault: NonNullable<Decision['fault']> } {
  const { team, application, environment } = input.caller;
  const tags = input.call.tags;
  return {
    document: {
      outcome: 'deny',
      reasons: [{ code, rule: 'engine', message: MESSAGES[code] }],
      route: [],
      budgets: [],
      limits: [],
      obligations: [],
      attribution: { team, application, environment, ...(tags === undefined ? {} : { tags }) },
    },
    fault: { code, message: detail },
  };
}

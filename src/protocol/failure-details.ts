/** What whoever is refused is told beside the sentence, in the error document of every front door. */
import type { FailureDetails } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';

/** The decision's id and the field at fault stand where each protocol has them. */
export function writeFailureDetails(details: FailureDetails): JsonObject {
  const { rule, reason, budget, resetsAt, retryAfterMs, target, attempts } = details;
  return {
    ...(rule === undefined ? undefined : { rule }),
    ...(reason === undefined ? undefined : { reason }),
    ...(budget === undefined ? undefined : { budget }),
    ...(resetsAt === undefined ? undefined : { resets_at: resetsAt }),
    ...(retryAfterMs === undefined ? undefined : { retry_after_ms: retryAfterMs }),
    ...(target === undefined ? undefined : { target }),
    ...(attempts === undefined ? undefined : { attempts }),
  };
}

/** The attributes of an attempt: the only span whose cost may be summed. Unknown usage has no cost; no price has none. */
import type { Estimate } from '../core/decision.ts';
import type { ReportedFact } from '../flows/observer.ts';
import { AttributeList, cleanText, int64, usdFromNano } from './attribute-list.ts';
import { ATTRIBUTE as A } from './attributes.ts';
import { type AllowedTags, setTags } from './attribution.ts';
import { splitTarget } from './target-name.ts';

const MAX_NAME_CHARS = 256;

export function attemptAttributes(fact: ReportedFact, operation: string, allowedTags: AllowedTags): AttributeList {
  const { report, cost, attribution } = fact;
  const { provider, model } = splitTarget(cleanText(report.target, MAX_NAME_CHARS));
  const list = new AttributeList()
    .set(A.decisionId.name, cleanText(report.decision_id, MAX_NAME_CHARS))
    .set(A.reportId.name, cleanText(report.id, MAX_NAME_CHARS))
    .set(A.operation.name, operation)
    .set(A.provider.name, provider)
    .set(A.requestModel.name, model)
    .set(A.target.name, cleanText(report.target, MAX_NAME_CHARS))
    .set(A.attemptOutcome.name, report.outcome)
    .set(A.usageSource.name, report.usage.kind)
    .set(A.firstChunk.name, report.first_token_ms === undefined ? undefined : report.first_token_ms / 1000)
    .set(A.errorType.name, report.outcome === 'ok' ? undefined : report.outcome);
  if (report.usage.kind !== 'unknown') {
    list.set(A.inputTokens.name, report.usage.input_tokens).set(A.outputTokens.name, report.usage.output_tokens);
  }
  setCost(list, cost);
  setTags(list, attribution?.tags, allowedTags);
  return list;
}

function setCost(list: AttributeList, cost: Estimate): void {
  list.set(A.costState.name, cost.kind === 'none' ? 'unknown' : cost.kind);
  if (cost.kind !== 'priced') return;
  list
    .set(A.costNano.name, int64(cost.cost.total_nano_usd))
    .set(A.costInputNano.name, int64(cost.cost.input_nano_usd))
    .set(A.costOutputNano.name, int64(cost.cost.output_nano_usd))
    .set(A.costUsd.name, usdFromNano(cost.cost.total_nano_usd))
    .set(A.priceId.name, cost.cost.price_id);
}

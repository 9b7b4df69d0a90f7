/** The attributes of an attempt: the only span whose cost may be summed. Unknown usage has no cost; no price has none. */
import type { AttemptCost } from '../core/attempt.ts';
import type { Attribution } from '../core/decision.ts';
import type { TokenCounts } from '../core/usage.ts';
import { AttributeList, type AttributeSink, cleanText, int64, usdFromNano } from './attribute-list.ts';
import { ATTRIBUTE as A } from './attributes.ts';
import { type AllowedTags, setTags } from './attribution.ts';
import { splitTarget } from './target-name.ts';
import type { ToldAttempt } from './told-attempt.ts';

const MAX_NAME_CHARS = 256;
/** A vendor's code is a word, not a message. */
const MAX_CODE_CHARS = 64;
const MAX_BLOCKS = 4096;

/** What every attempt of an operation at a target has in common. */
export interface TargetBlock {
  /** Of the span, such as `chat gpt-x`. */
  readonly name: string;
  readonly attributes: AttributeList;
}

/** Where the requests of a provider go, by the name that stands before the slash of a target. */
export type ServerOf = (provider: string) => { readonly host: string; readonly port: number } | undefined;

/**
 * @param serverOf of attempts that were made here; of those that others made, nobody knows
 * @returns the block of a target, the same object for the same operation and target
 */
export function createTargetBlocks(
  serverOf: ServerOf = () => undefined,
): (operation: string, target: string) => TargetBlock {
  const byOperation = new Map<string, Map<string, TargetBlock>>();
  return (operation, target) => {
    let blocks = byOperation.get(operation);
    if (blocks === undefined) {
      blocks = new Map();
      byOperation.set(operation, blocks);
    }
    const known = blocks.get(target);
    if (known !== undefined) return known;
    const clean = cleanText(target, MAX_NAME_CHARS);
    const { provider, model } = splitTarget(clean);
    const server = serverOf(target.slice(0, target.indexOf('/')));
    const attributes = new AttributeList()
      .set(A.operation.name, operation)
      .set(A.provider.name, provider)
      .set(A.requestModel.name, model)
      .set(A.target.name, clean)
      .set(A.serverAddress.name, server?.host)
      .set(A.serverPort.name, server?.port);
    const block = { name: `${operation} ${model}`, attributes };
    if (blocks.size < MAX_BLOCKS) blocks.set(target, block);
    return block;
  };
}

export interface AttemptOrigin {
  readonly decisionId: string;
  /** Of a report. */
  readonly reportId: string | undefined;
  readonly attribution: Attribution | undefined;
}

export function writeAttempt(
  list: AttributeSink,
  attempt: ToldAttempt,
  origin: AttemptOrigin,
  allowedTags: AllowedTags,
): void {
  const { outcome, usage, firstTokenMs, reason, because } = attempt;
  list
    .set(A.decisionId.name, cleanText(origin.decisionId, MAX_NAME_CHARS))
    .set(A.reportId.name, cleanOr(origin.reportId, MAX_NAME_CHARS))
    .set(A.attemptIndex.name, attempt.index)
    .set(A.attemptReason.name, reason)
    .set(A.attemptOutcome.name, outcome)
    .set(A.usageSource.name, usage.kind)
    .set(A.firstChunk.name, firstTokenMs === undefined ? undefined : firstTokenMs / 1000);
  if (because !== undefined) {
    list.set(reason === 'fallback' ? A.fallbackReason.name : A.retryReason.name, because);
  }
  if (outcome === 'ok') setAnswer(list, attempt);
  else setFailure(list, attempt);
  if (usage.kind !== 'unknown') setTokens(list, usage.tokens);
  setCost(list, attempt.cost);
  setTags(list, origin.attribution?.tags, allowedTags);
}

const cleanOr = (text: string | undefined, maxChars: number): string | undefined =>
  text === undefined ? undefined : cleanText(text, maxChars);

function setAnswer(list: AttributeSink, { responseId, responseModel, finish }: ToldAttempt): void {
  list
    .set(A.responseId.name, cleanOr(responseId, MAX_NAME_CHARS))
    .set(A.responseModel.name, cleanOr(responseModel, MAX_NAME_CHARS));
  if (finish !== undefined) list.set(A.finishReasons.name, [finish]);
}

/** The vendor's message stays out: it may repeat what was asked. */
function setFailure(list: AttributeSink, attempt: ToldAttempt): void {
  const { failure, outputStarted } = attempt;
  list.set(A.errorType.name, attempt.outcome);
  if (failure !== undefined) {
    list.set(A.httpStatus.name, failure.status).set(A.vendorCode.name, cleanOr(failure.vendorCode, MAX_CODE_CHARS));
  }
  if (outputStarted === true) list.set(A.outputStarted.name, true);
  setAnswer(list, attempt);
}

function setTokens(list: AttributeSink, tokens: TokenCounts): void {
  list
    .set(A.inputTokens.name, tokens.input)
    .set(A.outputTokens.name, tokens.output)
    .set(A.cacheReadTokens.name, tokens.cacheRead)
    .set(A.cacheWriteTokens.name, cacheWrites(tokens))
    .set(A.reasoningTokens.name, tokens.reasoning)
    .set(A.inputAudioTokens.name, tokens.inputAudio)
    .set(A.outputAudioTokens.name, tokens.outputAudio)
    .set(A.inputImageTokens.name, tokens.inputImage)
    .set(A.outputImageTokens.name, tokens.outputImage);
}

/** Of every lifetime. */
export function cacheWrites({ cacheWrite, cacheWrite1h }: TokenCounts): number | undefined {
  return cacheWrite === undefined && cacheWrite1h === undefined ? undefined : (cacheWrite ?? 0) + (cacheWrite1h ?? 0);
}

function setCost(list: AttributeSink, cost: AttemptCost): void {
  list.set(A.costState.name, cost.kind);
  if (cost.kind !== 'priced') return;
  const { items } = cost;
  list
    .set(A.costNano.name, int64(items.totalNano))
    .set(A.costInputNano.name, int64(items.inputNano))
    .set(A.costOutputNano.name, int64(items.outputNano))
    .set(A.costUsd.name, usdFromNano(items.totalNano))
    .set(A.priceId.name, cost.priceId)
    .set(A.priceTier.name, cost.tier);
  if (items.cacheReadNano !== 0n) list.set(A.costCacheReadNano.name, int64(items.cacheReadNano));
  if (items.cacheWriteNano !== 0n) list.set(A.costCacheWriteNano.name, int64(items.cacheWriteNano));
  if (items.otherNano !== 0n) list.set(A.costOtherNano.name, int64(items.otherNano));
  if (cost.estimated) list.set(A.costEstimated.name, true);
}

/** A model request as a policy sees it: what is asked, how long it is, what the target must be able to do. */
import type { Call, Operation } from '../core/call.ts';
import type { ModelRequest } from '../core/generation.ts';
import { needsOf } from '../core/needs.ts';
import { estimateInputTokens } from '../core/token-estimate.ts';
import type { CallHints } from './call-hints.ts';

export interface DescribedCall {
  readonly call: Call;
  readonly inputTokens: number;
}

export function describeCall(request: ModelRequest, hints: CallHints['call']): DescribedCall {
  const inputTokens = estimateInputTokens(request);
  const needs = needsOf(request);
  const asked = request.kind === 'token_count' ? request.generation : request;
  const call: Call = {
    operation: operationOf(request),
    ...(asked.model === undefined ? undefined : { model: asked.model }),
    input_tokens: inputTokens,
    ...(needs.length === 0 ? undefined : { needs }),
    ...(request.kind === 'generation' ? { stream: request.stream } : undefined),
    ...(request.kind === 'generation' && request.maxOutputTokens !== undefined
      ? { max_output_tokens: request.maxOutputTokens }
      : undefined),
    ...hints,
  };
  return { call, inputTokens };
}

function operationOf(request: ModelRequest): Operation {
  switch (request.kind) {
    case 'generation':
      return request.protocol === 'openai-responses' ? 'responses' : 'chat';
    case 'embedding':
      return 'embeddings';
    case 'token_count':
      return 'count_tokens';
  }
}

/**
 * The response object: what was asked, repeated, and what came of it. Fields that a caller left out hold the vendor's
 * defaults, as SDKs expect. Source: API reference, "The response object".
 */
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { TokenCounts } from '../../core/usage.ts';
import type { IncompleteReason } from './finish-reason.ts';
import { writeUsage } from './usage.ts';

export interface ResponseHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly createdS: number;
  readonly model: string;
}

export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly incomplete?: IncompleteReason;
  readonly error?: { readonly code: string; readonly message: string };
  readonly output: readonly JsonObject[];
  readonly tokens?: TokenCounts | undefined;
}

export function responseDocument(request: GenerationRequest, head: ResponseHead, state: ResponseState): JsonObject {
  const { body } = request;
  const { status, incomplete, error, output, tokens } = state;
  const given = <Default extends JsonObject[string]>(name: string, byDefault: Default) => body[name] ?? byDefault;
  return {
    id: head.id,
    object: 'response',
    created_at: head.createdS,
    status,
    background: false,
    error: error === undefined ? null : { ...error },
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    instructions: given('instructions', null),
    max_output_tokens: given('max_output_tokens', null),
    model: head.model,
    output,
    parallel_tool_calls: given('parallel_tool_calls', true),
    // Nobody here keeps what was said.
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...asked(body, 'reasoning') },
    safety_identifier: given('safety_identifier', null),
    service_tier: tokens?.tier ?? 'default',
    store: false,
    temperature: given('temperature', 1),
    text: { format: { type: 'text' }, ...asked(body, 'text') },
    tool_choice: given('tool_choice', 'auto'),
    tools: given('tools', []),
    top_p: given('top_p', 1),
    truncation: given('truncation', 'disabled'),
    usage: tokens === undefined ? null : writeUsage(tokens),
    user: given('user', null),
    metadata: given('metadata', {}),
  };
}

function asked(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  // Read as an object, or absent.
  return value === undefined || value === null ? undefined : (value as JsonObject);
}

/** @returns with the vendor's id where it made a response, else made of the id that there is */
export function responseHead(
  request: GenerationRequest,
  vendor: { readonly id: string; readonly model: string },
  identity: { readonly id: string; readonly createdS: number },
): ResponseHead {
  const id = vendor.id === '' ? identity.id : vendor.id;
  return {
    id: id.startsWith('resp_') ? id : `resp_${id}`,
    createdS: identity.createdS,
    model: vendor.model === '' ? (request.model ?? '') : vendor.model,
  };
}

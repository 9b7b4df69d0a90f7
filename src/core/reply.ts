/** What a model answered, in no vendor's spelling: whole, or as the events of a stream. */

import type { AttemptFailure } from './attempt-failure.ts';
import type { AssistantPart, Protocol } from './generation.ts';
import type { MeteredUsage, TokenCounts } from './usage.ts';

/** Why a model stopped. `pause`: the vendor wants to be asked to go on. */
export const FINISH_REASONS = [
  'stop',
  'stop_sequence',
  'length',
  'tool_calls',
  'content_filter',
  'refusal',
  'pause',
] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

/** Bytes that can go to the client as they are, where provider and front door speak the same protocol. */
export interface RawReply {
  readonly protocol: Protocol;
  readonly bytes: Uint8Array;
}

export interface GenerationReply {
  readonly kind: 'generation';
  /** The vendor's. */
  readonly id: string;
  /** The model's own name for itself, often with a date. */
  readonly model: string;
  /** In the order of the answer. Of several choices the first; `raw` has them all. */
  readonly content: readonly AssistantPart[];
  readonly finish: FinishReason;
  /** Which one, with `stop_sequence`. */
  readonly stopSequence?: string;
  readonly usage: MeteredUsage;
  /** There is output that core has no word for, such as calls of a vendor's own tools: `raw` alone has it. */
  readonly opaque?: true;
  readonly raw?: RawReply;
}

export interface EmbeddingReply {
  readonly kind: 'embedding';
  readonly model: string;
  /** One for each input, in their order; floats, or base64 of little-endian 32-bit floats as OpenAI writes them. */
  readonly vectors: readonly (readonly number[] | string)[];
  readonly usage: MeteredUsage;
  readonly raw?: RawReply;
}

export interface TokenCountReply {
  readonly kind: 'token_count';
  readonly inputTokens: number;
  /** `estimated`: ours, because the vendor has no such question. */
  readonly source: 'exact' | 'estimated';
  readonly raw?: RawReply;
}

export type ModelReply = GenerationReply | EmbeddingReply | TokenCountReply;

/**
 * One event of a streamed reply. The order is that of the answer: `start` first, then output, `finish` behind the last
 * of it, `usage` anywhere and the last one counts, `end` last and only where the vendor's own end marker was seen.
 */
export type StreamEvent =
  | { readonly kind: 'start'; readonly id: string; readonly model: string }
  | { readonly kind: 'text'; readonly text: string }
  /** A piece of thought; `signature` and `redacted` close the thought before them. */
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'reasoning_signature'; readonly signature: string }
  | { readonly kind: 'reasoning_redacted'; readonly data: string }
  | { readonly kind: 'refusal'; readonly text: string }
  /** `index` counts the tool calls of this reply from 0. */
  | { readonly kind: 'tool_call'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly kind: 'tool_arguments'; readonly index: number; readonly text: string }
  /** Relayed bytes hold output that nobody decoded; only beside `raw`. */
  | { readonly kind: 'output' }
  | { readonly kind: 'usage'; readonly tokens: TokenCounts }
  | { readonly kind: 'finish'; readonly reason: FinishReason; readonly stopSequence?: string }
  /** The vendor said in the stream that it failed; nothing comes after it. */
  | { readonly kind: 'error'; readonly failure: AttemptFailure }
  | { readonly kind: 'end' };

/** Whether an event is part of the answer: from the first one on there is no other try. */
export function isOutput(event: StreamEvent): boolean {
  switch (event.kind) {
    case 'text':
    case 'reasoning':
    case 'reasoning_signature':
    case 'reasoning_redacted':
    case 'refusal':
    case 'tool_call':
    case 'tool_arguments':
    case 'output':
      return true;
    case 'start':
    case 'usage':
    case 'finish':
    case 'error':
    case 'end':
      return false;
  }
}

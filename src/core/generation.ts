/**
 * What a model is asked, in no vendor's spelling. Every front door reads its own protocol into this, every provider
 * writes it in its own. What it has no word for stays named in `unkept`, so that nothing is dropped in silence; the
 * body as it arrived stays too, for a provider that speaks the protocol of the front door.
 */
import type { JsonObject } from './json.ts';

/** How a request or a reply is spelled. `turnpike` is our own gRPC service. */
export const PROTOCOLS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
  'turnpike',
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** The prompt up to here may be kept by the provider; lifetimes are Anthropic's, others have one. */
export interface CacheMark {
  readonly lifetime: '5m' | '1h';
}

export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
  readonly cache?: CacheMark;
}

export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string };

export interface ImagePart {
  readonly kind: 'image';
  readonly source: MediaSource;
  readonly detail?: 'auto' | 'low' | 'high';
  readonly cache?: CacheMark;
}

/** A file to read, such as a PDF. */
export interface DocumentPart {
  readonly kind: 'document';
  readonly source: MediaSource;
  readonly name?: string;
  readonly cache?: CacheMark;
}

export interface AudioPart {
  readonly kind: 'audio';
  /** Such as `wav` or `mp3`. */
  readonly format: string;
  /** Base64. */
  readonly data: string;
}

export interface ToolCallPart {
  readonly kind: 'tool_call';
  readonly id: string;
  readonly name: string;
  /** JSON text of an object, as the model wrote it; not necessarily valid. */
  readonly arguments: string;
  readonly cache?: CacheMark;
}

export interface ToolResult {
  readonly callId: string;
  readonly content: readonly (TextPart | ImagePart | DocumentPart)[];
  readonly isError?: boolean;
  readonly cache?: CacheMark;
}

/** What a model thought. A signature is valid only at the vendor that made it. */
export interface ReasoningPart {
  readonly kind: 'reasoning';
  /** Empty where the vendor shows none. */
  readonly text: string;
  readonly signature?: string;
  /** Encrypted thought, instead of text. */
  readonly redacted?: string;
}

export interface RefusalPart {
  readonly kind: 'refusal';
  readonly text: string;
}

export type UserPart = TextPart | ImagePart | DocumentPart | AudioPart;
export type AssistantPart = TextPart | ToolCallPart | ReasoningPart | RefusalPart;

export type Message =
  /** Instructions (`system` and `developer`), wherever they stand; most stand first. */
  | { readonly role: 'system'; readonly content: readonly TextPart[] }
  | { readonly role: 'user'; readonly content: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[] }
  /** Results of the calls of the assistant's turn before, together. */
  | { readonly role: 'tool'; readonly results: readonly ToolResult[] };

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of an object. */
  readonly parameters: JsonObject;
  readonly strict?: boolean;
  readonly cache?: CacheMark;
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string };

export type OutputFormat =
  | { readonly kind: 'text' }
  /** Any JSON object. */
  | { readonly kind: 'json' }
  | {
      readonly kind: 'json_schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly description?: string;
      readonly strict?: boolean;
    };

export const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];

export interface Reasoning {
  readonly effort?: ReasoningEffort;
  /** Tokens of thought at most, where the caller said a number. */
  readonly budgetTokens?: number;
  /** The model decides how much it thinks. */
  readonly adaptive?: boolean;
  /** The caller wants to see the thoughts, or a summary of them. */
  readonly show?: boolean;
}

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
}

export interface GenerationRequest {
  readonly kind: 'generation';
  /** Of the front door. */
  readonly protocol: Protocol;
  /** Alias or name that was asked for; absent: policy chooses. */
  readonly model?: string;
  /** At least one. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly output: OutputFormat;
  readonly sampling: Sampling;
  readonly reasoning?: Reasoning;
  /** What the caller asked for at most; thought counts. */
  readonly maxOutputTokens?: number;
  readonly stream: boolean;
  /** The caller's end user, as the vendor may be told. */
  readonly user?: string;
  /** Unfinished features that the caller asks for, by the names of its protocol; no other protocol has them. */
  readonly betas?: readonly string[];
  /** As it arrived. */
  readonly body: JsonObject;
  /**
   * Fields of the body that change the answer and have no word here, such as `logit_bias`: kept for a provider that
   * speaks the same protocol, refused by name for any other. Fields that change nothing elsewhere are not named.
   */
  readonly unkept: readonly string[];
}

export interface EmbeddingRequest {
  readonly kind: 'embedding';
  readonly protocol: Protocol;
  readonly model?: string;
  /** At least one; texts, or token ids of the model's own vocabulary. */
  readonly inputs: readonly (string | readonly number[])[];
  readonly dimensions?: number;
  /** How the caller wants vectors written. */
  readonly encoding: 'float' | 'base64';
  readonly user?: string;
  readonly body: JsonObject;
  readonly unkept: readonly string[];
}

/** Counts the input tokens of a generation without making it. */
export interface TokenCountRequest {
  readonly kind: 'token_count';
  readonly generation: GenerationRequest;
}

export type ModelRequest = GenerationRequest | EmbeddingRequest | TokenCountRequest;

/**
 * The most tokens that a target can count of a request: what is held is bounded with it. No tokenizer is asked: every
 * one in use encodes each token from at least one byte of UTF-8 (byte-level BPE, or SentencePiece with byte fallback),
 * so the bytes of a text are a bound of its tokens, whatever the model. What vendors put round messages and tools is
 * bounded by more than any of them was seen to add.
 *
 * Of images it is the largest count on any vendor's list. Of documents and audio no vendor promises one: theirs is
 * four times the estimate, and a cost beyond it is settled as it is.
 */
import type { Message, ModelRequest, Tool, UserPart } from './generation.ts';
import type { Json } from './json.ts';
import { estimateUserPartTokens } from './token-estimate.ts';

/** @returns tokens, at least 1 */
export function boundInputTokens(request: ModelRequest): number {
  switch (request.kind) {
    case 'token_count':
      return boundInputTokens(request.generation);
    case 'embedding': {
      let tokens = FRAME_TOKENS;
      for (const input of request.inputs) {
        tokens += ITEM_TOKENS + (typeof input === 'string' ? bytesOf(input) : input.length);
      }
      return tokens;
    }
    case 'generation': {
      let tokens = FRAME_TOKENS;
      for (const message of request.messages) tokens += messageTokens(message);
      if (request.tools.length > 0) tokens += TOOLS_TOKENS;
      for (const tool of request.tools) tokens += toolTokens(tool);
      if (request.output.kind === 'json_schema') tokens += TOOLS_TOKENS + jsonTokens(request.output.schema);
      // What is passed on as it is may hold text as well.
      for (const name of request.unkept) tokens += jsonTokens(request.body[name]);
      return tokens;
    }
  }
}

/** Answers that a request asks for at once: each is written, and charged, by itself. */
export function choicesOf(request: ModelRequest): number {
  if (request.kind !== 'generation' || !request.unkept.includes('n')) return 1;
  const { n } = request.body;
  return typeof n === 'number' && n > 1 ? Math.ceil(n) : 1;
}

/** Round a conversation: begin of text, a preamble of a few lines. */
const FRAME_TOKENS = 128;
/** Round a message, a part of one, an input: role, separators. */
const ITEM_TOKENS = 16;
/** How a model is told to use tools at all: 346 to 804 at Anthropic, the most that any vendor documents. */
const TOOLS_TOKENS = 1_024;
/** Round a tool or a member of its schema, as vendors rewrite it. */
const TOOL_TOKENS = 64;
const MEMBER_TOKENS = 8;
/** The most listed: GPT-4o mini counts 2,833 and 5,667 a tile of eight; low detail is the first alone. */
const IMAGE_TOKENS = { low: 2_833, auto: 48_169, high: 48_169 } as const;
/** Over the estimate of what nobody bounds. */
const UNBOUNDED_FACTOR = 4;

function messageTokens(message: Message): number {
  let tokens = ITEM_TOKENS;
  switch (message.role) {
    case 'system':
      for (const part of message.content) tokens += ITEM_TOKENS + bytesOf(part.text);
      return tokens;
    case 'user':
      for (const part of message.content) tokens += partTokens(part);
      return tokens;
    case 'assistant':
      for (const part of message.content) {
        switch (part.kind) {
          case 'text':
          case 'refusal':
            tokens += ITEM_TOKENS + bytesOf(part.text);
            break;
          case 'reasoning':
            tokens += ITEM_TOKENS + bytesOf(part.text) + bytesOf(part.redacted ?? '') + bytesOf(part.signature ?? '');
            break;
          case 'tool_call':
            tokens += TOOL_TOKENS + bytesOf(part.id) + bytesOf(part.name) + bytesOf(part.arguments);
        }
      }
      return tokens;
    case 'tool':
      for (const { callId, content } of message.results) {
        tokens += ITEM_TOKENS + bytesOf(callId);
        for (const part of content) tokens += partTokens(part);
      }
      return tokens;
  }
}

function partTokens(part: UserPart): number {
  switch (part.kind) {
    case 'text':
      return ITEM_TOKENS + bytesOf(part.text);
    case 'image':
      return ITEM_TOKENS + IMAGE_TOKENS[part.detail ?? 'auto'];
    case 'document':
    case 'audio':
      return ITEM_TOKENS + UNBOUNDED_FACTOR * estimateUserPartTokens(part);
  }
}

const toolTokens = (tool: Tool): number =>
  TOOL_TOKENS + bytesOf(tool.name) + bytesOf(tool.description ?? '') + jsonTokens(tool.parameters);

/** Names and values, and what stands between, also where a vendor writes it out with spaces and lines. */
function jsonTokens(value: Json | undefined): number {
  if (typeof value === 'string') return MEMBER_TOKENS + 2 * bytesOf(value); // escaped
  if (typeof value !== 'object' || value === null) return MEMBER_TOKENS + String(value).length;
  let tokens = MEMBER_TOKENS;
  if (Array.isArray(value)) {
    for (const item of value) tokens += jsonTokens(item);
    return tokens;
  }
  for (const [name, item] of Object.entries(value)) tokens += MEMBER_TOKENS + 2 * bytesOf(name) + jsonTokens(item);
  return tokens;
}

/** Of a text as UTF-8: at most three for each of its units. */
function bytesOf(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1;
  }
  return bytes;
}

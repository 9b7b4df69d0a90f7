/**
 * The most tokens that a target can count of a request: what is held is bounded with it. No tokenizer is asked: every
 * one in use encodes each token from at least one byte of UTF-8 (byte-level BPE, or SentencePiece with byte fallback),
 * so the bytes of a text are a bound of its tokens, whatever the model. What vendors put round messages and tools is
 * bounded by more than any of them was seen to add.
 *
 * Of images it is the largest count on any vendor's list. Of documents and audio no vendor promises one: theirs is
 * four times the estimate, and a cost beyond it is settled as it is. What is not in the request at all is bounded by the
 * context of the target (`readsUnseen`).
 */
import type { GenerationRequest, Message, ModelRequest, Tool, UserPart } from './generation.ts';
import type { Json, JsonObject } from './json.ts';
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
      return tokens + unkeptTokens(request);
    }
  }
}

/** Answers that a request asks for at once: each is written, and charged, by itself. */
export function choicesOf(request: ModelRequest): number {
  if (request.kind !== 'generation' || !request.unkept.includes('n')) return 1;
  const { n } = request.body;
  return typeof n === 'number' && n > 1 ? Math.ceil(n) : 1;
}

/**
 * Tokens of output beyond its cap: what a caller predicts of the answer is charged as output where the model writes
 * something else.
 */
export function predictedTokens(request: ModelRequest): number {
  if (request.kind !== 'generation' || !request.unkept.includes('prediction')) return 0;
  return jsonTokens(request.body['prediction']);
}

/** Fields of a body behind which the vendor reads what it keeps itself, or finds while it answers. */
const UNSEEN_FIELDS: ReadonlySet<string> = new Set([
  'previous_response_id',
  'conversation',
  'prompt',
  'container',
  'mcp_servers',
  'web_search_options',
]);

/**
 * Whether the vendor reads what nobody sees here: a conversation or a file that it keeps, what its own tools find. One
 * prompt of it is as long as the target's context at most; how many prompts its tools take, nobody promises.
 */
export function readsUnseen(request: ModelRequest): boolean {
  return (
    request.kind === 'generation' &&
    request.unkept.some(
      (name) =>
        UNSEEN_FIELDS.has(name) ||
        name.endsWith('.file_id') ||
        name.endsWith(' (item_reference)') ||
        isVendorTool(name),
    )
  );
}

/** Such as `tools[1] (web_search)`. */
const isVendorTool = (name: string): boolean => name.startsWith('tools[') && name.endsWith(')');

/** Readers stop naming at so many. */
const MOST_NAMES = 32;

/** What is passed on as it is may hold text as well; where it is not found by its name, all that came may be it. */
function unkeptTokens(request: GenerationRequest): number {
  const { unkept, body } = request;
  if (unkept.length >= MOST_NAMES) return bodyTokens(request);
  let tokens = 0;
  for (const name of unkept) {
    const value = Object.hasOwn(body, name) ? body[name] : valueAt(body, name);
    if (value === undefined) return bodyTokens(request);
    tokens += jsonTokens(value) + (isVendorTool(name) ? TOOLS_TOKENS : 0);
  }
  return tokens;
}

/** @param name a path, and what was found there in brackets behind it */
function valueAt(body: Json, name: string): Json | undefined {
  let value: Json | undefined = body;
  for (const [, field, index] of name.replace(/ \(.*\)$/s, '').matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = index === undefined ? undefined : value[Number(index)];
    else value = field !== undefined && Object.hasOwn(value, field) ? (value as JsonObject)[field] : undefined;
  }
  return value;
}

/** Of all that came, but for images and sound, which are counted as such. */
function bodyTokens({ body, messages, tools, unkept }: GenerationRequest): number {
  const media = new Set(messages.flatMap(mediaOf));
  const vendorTools = tools.length + unkept.filter(isVendorTool).length;
  return vendorTools * TOOLS_TOKENS + jsonTokens(body, media);
}

function mediaOf(message: Message): readonly string[] {
  if (message.role === 'system' || message.role === 'assistant') return [];
  const parts = message.role === 'user' ? message.content : message.results.flatMap(({ content }) => content);
  return parts.flatMap((part): readonly string[] => {
    if (part.kind === 'audio') return [part.data];
    return part.kind !== 'text' && part.source.kind === 'base64' ? [part.source.data] : [];
  });
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
function jsonTokens(value: Json | undefined, media: ReadonlySet<string> = NO_MEDIA): number {
  if (typeof value === 'string') {
    // Twice: it may be escaped.
    return MEMBER_TOKENS + (media.size > 0 && isMedia(value, media) ? 0 : 2 * bytesOf(value));
  }
  if (typeof value !== 'object' || value === null) return MEMBER_TOKENS + String(value).length;
  let tokens = MEMBER_TOKENS;
  if (Array.isArray(value)) {
    for (const item of value) tokens += jsonTokens(item, media);
    return tokens;
  }
  for (const [name, item] of Object.entries(value))
    tokens += MEMBER_TOKENS + 2 * bytesOf(name) + jsonTokens(item, media);
  return tokens;
}

const NO_MEDIA: ReadonlySet<string> = new Set();

/** As it is, or as a `data:` URL. */
const isMedia = (text: string, media: ReadonlySet<string>): boolean =>
  media.has(text.startsWith('data:') ? text.slice(text.indexOf(',') + 1) : text);

const BEYOND_ASCII = /[^\0-\x7f]/;

/** Of a text as UTF-8: at most three for each of its units. */
function bytesOf(text: string): number {
  let bytes = text.length;
  // Looking for one costs a fifth of looking at each.
  if (!BEYOND_ASCII.test(text)) return bytes;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1;
  }
  return bytes;
}

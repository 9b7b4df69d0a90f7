/**
 * How long a request is, in tokens, without a tokenizer: an estimate, not a bound. Every vendor splits text another way,
 * and the tokenizers themselves are quadratic on long runs; this is one pass over the text. English, code and JSON
 * come out within a tenth of what OpenAI's tokenizers count, other scripts between what its new and its old one count.
 */
import type { ImagePart, Message, ModelRequest, Tool, UserPart } from './generation.ts';
import type { Json } from './json.ts';

/** @returns tokens, at least 1 */
export function estimateInputTokens(request: ModelRequest): number {
  switch (request.kind) {
    case 'token_count':
      return estimateInputTokens(request.generation);
    case 'embedding': {
      let tokens = 0;
      for (const input of request.inputs)
        tokens += typeof input === 'string' ? estimateTextTokens(input) : input.length;
      return Math.max(1, tokens);
    }
    case 'generation': {
      let tokens = REPLY_TOKENS;
      for (const message of request.messages) tokens += messageTokens(message);
      if (request.tools.length > 0) tokens += TOOLS_TOKENS;
      for (const tool of request.tools) tokens += toolTokens(tool);
      if (request.output.kind === 'json_schema') tokens += jsonTokens(request.output.schema);
      return tokens;
    }
  }
}

/** What vendors put round a message, and before the reply. */
const MESSAGE_TOKENS = 4;
const REPLY_TOKENS = 3;
const TOOL_TOKENS = 8;
/** How a model is told to use tools at all: about 40 at OpenAI, 300 at Anthropic. */
const TOOLS_TOKENS = 40;
/** Of the usual sizes: 85 is OpenAI's count for low detail, 1,600 is Anthropic's at most. */
const IMAGE_TOKENS = { low: 85, auto: 800, high: 1600 } as const;
/** A page of a PDF costs 1,500 to 3,000 as text and image, and has about 50 KB; base64 adds a third. */
const DOCUMENT_TOKENS_PER_CHAR = 1 / 32;
const DOCUMENT_TOKENS = 2000;
/** Speech costs 10 to 32 a second, and a second of it has 4 to 32 KB. */
const AUDIO_TOKENS_PER_CHAR = 1 / 640;

function messageTokens(message: Message): number {
  let tokens = MESSAGE_TOKENS;
  switch (message.role) {
    case 'system':
      for (const part of message.content) tokens += estimateTextTokens(part.text);
      return tokens;
    case 'user':
      for (const part of message.content) tokens += estimateUserPartTokens(part);
      return tokens;
    case 'assistant':
      for (const part of message.content) {
        tokens +=
          part.kind === 'tool_call'
            ? TOOL_TOKENS + estimateTextTokens(part.name) + estimateTextTokens(part.arguments)
            : estimateTextTokens(part.text);
      }
      return tokens;
    case 'tool':
      for (const { content } of message.results) {
        tokens += MESSAGE_TOKENS;
        for (const part of content) tokens += estimateUserPartTokens(part);
      }
      return tokens;
  }
}

export function estimateUserPartTokens(part: UserPart): number {
  switch (part.kind) {
    case 'text':
      return estimateTextTokens(part.text);
    case 'image':
      return imageTokens(part);
    case 'document':
      return part.source.kind === 'url'
        ? DOCUMENT_TOKENS
        : Math.max(DOCUMENT_TOKENS, Math.ceil(part.source.data.length * DOCUMENT_TOKENS_PER_CHAR));
    case 'audio':
      return Math.ceil(part.data.length * AUDIO_TOKENS_PER_CHAR);
  }
}

const imageTokens = (part: ImagePart): number => IMAGE_TOKENS[part.detail ?? 'auto'];

const toolTokens = (tool: Tool): number =>
  TOOL_TOKENS +
  estimateTextTokens(tool.name) +
  estimateTextTokens(tool.description ?? '') +
  jsonTokens(tool.parameters);

/** Without writing it out: names and values, and one more for what stands between. */
function jsonTokens(value: Json | undefined): number {
  if (typeof value === 'string') return 1 + estimateTextTokens(value);
  if (typeof value !== 'object' || value === null) return 2;
  let tokens = 1;
  if (Array.isArray(value)) {
    for (const item of value) tokens += jsonTokens(item);
    return tokens;
  }
  for (const [name, item] of Object.entries(value)) tokens += 1 + estimateTextTokens(name) + jsonTokens(item);
  return tokens;
}

/** Hundredths of a token for each ASCII character: letters and spaces 4 to 5 a token, digits 3, signs about 2. */
const ASCII_HUNDREDTHS: Uint8Array = Uint8Array.from({ length: 128 }, (_, unit) => {
  if (unit >= 0x30 && unit <= 0x39) return 50;
  if ((unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a)) return 22;
  return unit === 0x20 ? 22 : 45;
});
/** Of a character of the other scripts of east Asia, and of half of a surrogate pair. */
const TOKEN = 100;
/** Other alphabets: Latin with marks, Greek, Cyrillic, Arabic, and those of India. */
const ALPHABET_HUNDREDTHS = 45;
const KANA_HUNDREDTHS = 65;

/** Tokens of a text: linear in its length. */
export function estimateTextTokens(text: string): number {
  let hundredths = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) hundredths += ASCII_HUNDREDTHS[unit] ?? 0;
    else hundredths += unit < 0x2e80 ? ALPHABET_HUNDREDTHS : unit >= 0x3040 && unit <= 0x30ff ? KANA_HUNDREDTHS : TOKEN;
  }
  return Math.ceil(hundredths / TOKEN);
}

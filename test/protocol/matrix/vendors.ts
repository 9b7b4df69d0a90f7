/** Every protocol that a provider speaks: what it refuses, how it writes a request, and how it reads whole and streamed answers. */
import { Failure } from '../../../src/core/failure.ts';
import type { GenerationRequest, Protocol } from '../../../src/core/generation.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { GenerationReply, StreamEvent } from '../../../src/core/reply.ts';
import { anthropicFront } from '../../../src/protocol/anthropic/front.ts';
import { anthropicSame } from '../../../src/protocol/anthropic/same.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';
import { readConverse } from '../../../src/protocol/bedrock/reply.ts';
import { writeConverse } from '../../../src/protocol/bedrock/request.ts';
import { createConverseReader } from '../../../src/protocol/bedrock/stream.ts';
import { readGenerateContent } from '../../../src/protocol/gemini/reply.ts';
import { writeGenerateContent } from '../../../src/protocol/gemini/request.ts';
import { createGenerateContentReader } from '../../../src/protocol/gemini/stream.ts';
import { type ChatDialect, OPENAI_DIALECT } from '../../../src/protocol/openai-chat/dialect.ts';
import { openAiChatFront } from '../../../src/protocol/openai-chat/front.ts';
import { openAiChatSame } from '../../../src/protocol/openai-chat/same.ts';
import { openAiChatVendor } from '../../../src/protocol/openai-chat/vendor.ts';
import { openAiResponsesFront } from '../../../src/protocol/openai-responses/front.ts';
import { openAiResponsesSame } from '../../../src/protocol/openai-responses/same.ts';
import { openAiResponsesVendor } from '../../../src/protocol/openai-responses/vendor.ts';
import type { SameProtocol, VendorProtocol } from '../../../src/protocol/protocol.ts';
import { FrameReader } from '../../../src/providers/bedrock/frame-reader.ts';
import { PLAIN, PRESETS } from '../../../src/providers/compatible/presets.ts';
import { translated } from '../../../src/providers/spoken.ts';
import type { AnswerReader } from '../../../src/providers/vendor.ts';
import type { RequestWords } from './words.ts';

export type VendorName =
  | 'openai'
  | 'compatible'
  | 'vllm'
  | 'deepseek'
  | 'thoughtful'
  | 'responses'
  | 'anthropic'
  | 'claude-4-6'
  | 'gemini'
  | 'bedrock';

export interface Vendor {
  readonly name: VendorName;
  readonly protocol: Protocol;
  unsupported(request: GenerationRequest): readonly string[];
  /** @throws Failure `unsupported` */
  write(request: GenerationRequest): JsonObject;
  /** The body as it is read at a front door of the same protocol; absent: nobody reads it, so it is held to a golden. */
  readonly readBack?: (body: JsonObject) => GenerationRequest;
  readonly same?: SameProtocol;
  /** What this vendor must be told also where it is the default. */
  readonly spellsOut?: (words: RequestWords) => RequestWords;
  readReply(document: Json): GenerationReply;
  createReader(): AnswerReader;
}

const MAX_OUTPUT_TOKENS = 20_000;
const NAME = { id: 'answer-1', model: 'model-1' };

const DEEPSEEK = PRESETS.get('deepseek') ?? PLAIN;

export const VENDORS: readonly Vendor[] = [
  chat('openai', OPENAI_DIALECT),
  chat('compatible', PLAIN),
  chat('vllm', { ...PLAIN, topK: true }),
  chat('deepseek', DEEPSEEK),
  chat('thoughtful', { ...OPENAI_DIALECT, thoughtsBack: true }),
  spoken('responses', 'openai-responses', 'gpt-x', openAiResponsesVendor, {
    same: openAiResponsesSame,
    readBack: openAiResponsesFront.readRequest,
    spellsOut: (words) => ({
      ...words,
      messages: words.messages.map((message) =>
        JSON.parse(JSON.stringify(message), (_, value) =>
          value?.kind === 'image' ? { detail: 'auto', ...value } : value,
        ),
      ),
      tools: words.tools.map((tool) => ({ strict: false, ...tool })),
    }),
  }),
  anthropic('anthropic', 'claude-sonnet-4-5'),
  anthropic('claude-4-6', 'claude-opus-4-6'),
  {
    name: 'gemini',
    protocol: 'gemini',
    ...refusing((request) => writeGenerateContent(request, 'gemini-3-flash-preview', MAX_OUTPUT_TOKENS)),
    readReply: (document) => replyOf(readGenerateContent(document, NAME)),
    createReader: () => translated(createGenerateContentReader(NAME)),
  },
  {
    name: 'bedrock',
    protocol: 'bedrock-converse',
    ...refusing((request) => writeConverse(request, 'anthropic.claude-sonnet-4-5-20250929-v1:0', MAX_OUTPUT_TOKENS)),
    readReply: (document) => replyOf(readConverse(document, NAME)),
    createReader: () => new FrameReader(createConverseReader(NAME)),
  },
];

function chat(name: VendorName, dialect: ChatDialect): Vendor {
  return spoken(name, 'openai-chat', 'gpt-x', openAiChatVendor(dialect), {
    same: openAiChatSame(dialect),
    readBack: openAiChatFront.readRequest,
  });
}

function anthropic(name: VendorName, model: string): Vendor {
  return spoken(name, 'anthropic-messages', model, anthropicVendor, {
    same: anthropicSame,
    readBack: anthropicFront.readRequest,
  });
}

function spoken(
  name: VendorName,
  protocol: Protocol,
  model: string,
  vendor: VendorProtocol,
  more: Required<Pick<Vendor, 'same' | 'readBack'>> & Pick<Vendor, 'spellsOut'>,
): Vendor {
  return {
    name,
    protocol,
    unsupported: vendor.unsupported,
    write: (request) => vendor.writeRequest(request, { model, maxOutputTokens: MAX_OUTPUT_TOKENS }),
    readReply: vendor.readReply,
    createReader: () => translated(vendor.createStreamReader()),
    ...more,
  };
}

/** Of vendors that refuse while they write. */
function refusing(
  write: (request: GenerationRequest) => { readonly body: JsonObject; readonly refused: readonly string[] },
): Pick<Vendor, 'unsupported' | 'write'> {
  return {
    unsupported: (request) => write(request).refused,
    write(request) {
      const { body, refused } = write(request);
      if (refused.length > 0) throw new Failure('unsupported', refused.join(', '));
      return body;
    },
  };
}

function replyOf(read: GenerationReply | { readonly outcome: string; readonly message: string }): GenerationReply {
  if ('outcome' in read) throw new Error(`${read.outcome}: ${read.message}`);
  return read;
}

/** What comes of bytes, and of their good end where `isWhole` says so. */
export function readAnswer(vendor: Vendor, chunks: Iterable<Uint8Array>, isWhole: boolean): readonly StreamEvent[] {
  const reader = vendor.createReader();
  const events: StreamEvent[] = [];
  for (const chunk of chunks) events.push(...reader.feed(chunk).events);
  return isWhole && events.at(-1)?.kind !== 'end' ? [...events, ...(reader.ended?.() ?? [])] : events;
}

export function vendorOf(name: string): Vendor {
  const vendor = VENDORS.find((known) => known.name === name);
  if (vendor === undefined) throw new Error(`no vendor is called ${name}`);
  return vendor;
}

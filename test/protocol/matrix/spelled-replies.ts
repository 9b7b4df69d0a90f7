/** An answer as each vendor documents it, whole and as a stream: what it says is cut in two, and its frames stay apart. */
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { eventFrame } from '../bedrock/frames.ts';

export interface SpelledReply {
  readonly document: JsonObject;
  readonly frames: readonly Buffer[];
}

const ID = 'answer-1';
const MODEL = 'model-1';

const sse = (document: JsonObject | string, event?: string): Buffer => {
  const data = typeof document === 'string' ? document : JSON.stringify(document);
  return Buffer.from(`${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`);
};

/** In two pieces that are not empty, where there are two; a character that is two units long may be cut. */
const halves = (text: string): readonly string[] => {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((half) => half !== '');
};

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

interface ChatSaid {
  readonly message: JsonObject;
  readonly finish: string;
  readonly usage?: JsonObject;
  readonly tier?: string;
}

export function chatReply({ message, finish, usage, tier }: ChatSaid): SpelledReply {
  const head = { id: ID, created: 1, model: MODEL, ...(tier === undefined ? undefined : { service_tier: tier }) };
  const counted = usage === undefined ? undefined : { usage };
  const chunk = (delta: JsonObject, finish_reason: string | null = null): Buffer =>
    sse({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
  const { tool_calls: calls, ...texts } = message;
  return {
    document: {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
      ...counted,
    },
    frames: [
      chunk({ role: 'assistant', content: '' }),
      ...['reasoning_content', 'content', 'refusal'].flatMap((name) =>
        halves(textOf(texts[name])).map((half) => chunk({ [name]: half })),
      ),
      ...interleaved(Array.isArray(calls) ? calls : []).map((call) => chunk({ tool_calls: [call] })),
      chunk({}, finish),
      ...(counted === undefined ? [] : [sse({ ...head, object: 'chat.completion.chunk', choices: [], ...counted })]),
      sse('[DONE]'),
    ],
  };
}

/** All starts, then first halves, then second ones: as no vendor promises not to. */
function interleaved(calls: readonly Json[]): readonly JsonObject[] {
  const named = calls.map((call, index) => ({
    index,
    call: objectOf(call),
    made: objectOf(objectOf(call)['function']),
  }));
  const piece = (half: 0 | 1): readonly JsonObject[] =>
    named.flatMap(({ index, made }) => {
      const text = halves(textOf(made['arguments']))[half];
      return text === undefined ? [] : [{ index, function: { arguments: text } }];
    });
  const starts = named.map(({ index, call, made }) => ({
    index,
    id: call['id'],
    type: 'function',
    function: { name: made['name'], arguments: '' },
  }));
  return [...starts, ...piece(0), ...piece(1)];
}

interface ResponsesSaid {
  /** Items without their ids. */
  readonly output: readonly JsonObject[];
  /** Absent: it is complete. */
  readonly incomplete?: string;
  readonly usage?: JsonObject;
  readonly tier?: string;
}

export function responsesReply({ output, incomplete, usage, tier }: ResponsesSaid): SpelledReply {
  const items = output.map((item, index) => ({ id: `item_${index}`, ...item }));
  const head = { id: ID, object: 'response', created_at: 1, model: MODEL, service_tier: tier ?? 'default' };
  const status = incomplete === undefined ? 'completed' : 'incomplete';
  const document = {
    ...head,
    status,
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    output: items,
    usage: usage ?? null,
  };
  let sequence = 0;
  const event = (type: string, said: JsonObject): Buffer => sse({ type, sequence_number: sequence++, ...said }, type);
  const begun = { ...head, status: 'in_progress', output: [], usage: null };
  return {
    document,
    frames: [
      event('response.created', { response: begun }),
      event('response.in_progress', { response: begun }),
      ...items.flatMap((item, output_index) => [
        event('response.output_item.added', { output_index, item: emptyItem(item) }),
        ...itemDeltas(item).map(([type, said]) => event(type, { item_id: item.id, output_index, ...said })),
        event('response.output_item.done', { output_index, item }),
      ]),
      event(`response.${status}`, { response: document }),
    ],
  };
}

const emptyItem = (item: JsonObject): JsonObject => ({
  ...item,
  status: 'in_progress',
  ...(item['type'] === 'message' ? { content: [] } : undefined),
  ...(item['type'] === 'reasoning' ? { summary: [] } : undefined),
  ...(item['type'] === 'function_call' ? { arguments: '' } : undefined),
});

function itemDeltas(item: JsonObject): readonly (readonly [type: string, said: JsonObject])[] {
  const deltas = (type: string, text: string, said: JsonObject) =>
    halves(text).map((delta) => [`response.${type}.delta`, { ...said, delta }] as const);
  const { content, summary } = item;
  switch (item['type']) {
    case 'message':
      return (Array.isArray(content) ? content : []).flatMap((part: Json, content_index) => {
        const { type, text, refusal } = objectOf(part);
        const place = { content_index };
        const said = deltas(type === 'refusal' ? 'refusal' : 'output_text', textOf(refusal ?? text), place);
        return [['response.content_part.added', { ...place, part: { type } }] as const, ...said];
      });
    case 'reasoning':
      return (Array.isArray(summary) ? summary : []).flatMap((part: Json, summary_index) => [
        ['response.reasoning_summary_part.added', { summary_index, part: { type: 'summary_text', text: '' } }] as const,
        ...deltas('reasoning_summary_text', textOf(objectOf(part)['text']), { summary_index }),
      ]);
    default:
      return deltas('function_call_arguments', textOf(item['arguments']), {});
  }
}

interface AnthropicSaid {
  readonly content: readonly JsonObject[];
  readonly reason: string;
  readonly stopSequence?: string;
  readonly usage: JsonObject;
  readonly more?: JsonObject;
}

export function anthropicReply({ content, reason, stopSequence, usage, more }: AnthropicSaid): SpelledReply {
  const stop = { stop_reason: reason, stop_sequence: stopSequence ?? null, ...more };
  const head = { id: ID, type: 'message', role: 'assistant', model: MODEL };
  const event = (type: string, said: JsonObject): Buffer => sse({ type, ...said }, type);
  const before = { ...usage, output_tokens: 1, output_tokens_details: undefined };
  return {
    document: { ...head, content, ...stop, usage },
    frames: [
      event('message_start', {
        message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: before },
      }),
      sse({ type: 'ping' }, 'ping'),
      ...content.flatMap((block, index) => [
        event('content_block_start', { index, content_block: anthropicStart(block) }),
        ...anthropicDeltas(block).map((delta) => event('content_block_delta', { index, delta })),
        event('content_block_stop', { index }),
      ]),
      event('message_delta', { delta: stop, usage }),
      event('message_stop', {}),
    ],
  };
}

function anthropicStart(block: JsonObject): JsonObject {
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
    default:
      return block;
  }
}

function anthropicDeltas(block: JsonObject): readonly JsonObject[] {
  switch (block['type']) {
    case 'text':
      return halves(textOf(block['text'])).map((text) => ({ type: 'text_delta', text }));
    case 'thinking': {
      const signature = textOf(block['signature']);
      const signed = signature === '' ? [] : [{ type: 'signature_delta', signature }];
      const said = halves(textOf(block['thinking'])).map((thinking) => ({ type: 'thinking_delta', thinking }));
      return [...said, ...signed];
    }
    case 'tool_use':
      return Object.keys(objectOf(block['input'])).length === 0
        ? []
        : halves(JSON.stringify(block['input'])).map((text) => ({ type: 'input_json_delta', partial_json: text }));
    default:
      return [];
  }
}

interface GeminiSaid {
  readonly parts: readonly JsonObject[];
  readonly reason: string;
  readonly usage?: JsonObject;
}

export function geminiReply({ parts, reason, usage }: GeminiSaid): SpelledReply {
  const head = { responseId: ID, modelVersion: MODEL };
  const counted = usage === undefined ? undefined : { usageMetadata: usage };
  const chunk = (said: readonly JsonObject[], more?: JsonObject): Buffer =>
    sse({ ...head, candidates: [{ content: { role: 'model', parts: said }, index: 0, ...more }] });
  return {
    document: { ...head, candidates: [{ content: { role: 'model', parts }, finishReason: reason }], ...counted },
    frames: [
      ...parts.flatMap((part) => geminiPieces(part).map((piece) => chunk([piece]))),
      sse({
        ...head,
        candidates: [{ content: { role: 'model', parts: [{ text: '' }] }, finishReason: reason, index: 0 }],
        ...counted,
      }),
    ],
  };
}

/** A signature stands at the last piece. */
function geminiPieces(part: JsonObject): readonly JsonObject[] {
  const [first, second] = halves(textOf(part['text']));
  if (first === undefined || second === undefined) return [part];
  const { thoughtSignature: _, ...unsigned } = part;
  return [
    { ...unsigned, text: first },
    { ...part, text: second },
  ];
}

interface BedrockSaid {
  readonly content: readonly JsonObject[];
  readonly reason: string;
  readonly usage?: JsonObject;
  readonly more?: JsonObject;
}

export function bedrockReply({ content, reason, usage, more }: BedrockSaid): SpelledReply {
  const counted = usage === undefined ? undefined : { usage };
  const stop = { stopReason: reason, ...more };
  return {
    document: { output: { message: { role: 'assistant', content } }, ...stop, ...counted, metrics: { latencyMs: 9 } },
    frames: [
      eventFrame('messageStart', { role: 'assistant', p: 'abc' }),
      ...content.flatMap((block, contentBlockIndex) => bedrockBlock(block, contentBlockIndex)),
      eventFrame('messageStop', { ...stop, p: 'ab' }),
      eventFrame('metadata', { ...counted, metrics: { latencyMs: 9 } }),
    ],
  };
}

function bedrockBlock(block: JsonObject, contentBlockIndex: number): readonly Buffer[] {
  const delta = (said: JsonObject): Buffer =>
    eventFrame('contentBlockDelta', { contentBlockIndex, delta: said, p: 'a' });
  const stop = eventFrame('contentBlockStop', { contentBlockIndex });
  const { text, toolUse: used, reasoningContent: thought } = block;
  if (typeof text === 'string') return [...halves(text).map((half) => delta({ text: half })), stop];
  if (isJsonObject(used)) {
    const { input, ...toolUse } = used;
    const pieces = halves(JSON.stringify(input)).map((half) => delta({ toolUse: { input: half } }));
    return [eventFrame('contentBlockStart', { contentBlockIndex, start: { toolUse } }), ...pieces, stop];
  }
  const reasoning = objectOf(thought);
  if (reasoning['redactedContent'] !== undefined) return [delta({ reasoningContent: reasoning }), stop];
  const { text: said, signature } = objectOf(reasoning['reasoningText']);
  const signed = signature === undefined ? [] : [delta({ reasoningContent: { signature } })];
  return [...halves(textOf(said)).map((half) => delta({ reasoningContent: { text: half } })), ...signed, stop];
}

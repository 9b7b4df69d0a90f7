import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import type { GenerationRequest } from '../../../src/core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { writeConverse } from '../../../src/protocol/bedrock/request.ts';
import { generation } from '../../support/model-requests.ts';

const SONNET_45 = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const OPUS_46 = 'anthropic.claude-opus-4-6-v1';
const NOVA = 'amazon.nova-pro-v1:0';
const NOVA_2 = 'us.amazon.nova-2-lite-v1:0';
const LLAMA = 'meta.llama3-1-70b-instruct-v1:0';

const HI = { role: 'user', content: [{ kind: 'text', text: 'Hi' }] } as const;
const HI_TURN: Json = { role: 'user', content: [{ text: 'Hi' }] };
const CAP = { inferenceConfig: { maxTokens: 4096 } };
const WEATHER = {
  name: 'weather',
  description: 'Of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const;
const WEATHER_SPEC: Json = {
  toolSpec: { name: 'weather', description: 'Of a city', inputSchema: { json: WEATHER.parameters } },
};
const CALLED = {
  role: 'assistant',
  content: [{ kind: 'tool_call', id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' }],
} as const;
const RESULT = { role: 'tool', results: [{ callId: 'c1', content: [{ kind: 'text', text: '20 degrees' }] }] } as const;

interface Case {
  readonly name: string;
  readonly model?: string;
  readonly said: Partial<GenerationRequest>;
  readonly body: JsonObject;
}

const CASES: readonly Case[] = [
  { name: 'one text', said: { messages: [HI] }, body: { messages: [HI_TURN], ...CAP } },
  {
    name: 'instructions from anywhere, and turns of one role joined',
    said: {
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.', cache: { lifetime: '1h' } }] },
        HI,
        { role: 'system', content: [{ kind: 'text', text: 'In Italian.' }] },
        {
          role: 'user',
          content: [
            { kind: 'text', text: '  ' },
            { kind: 'text', text: 'There' },
          ],
        },
        { role: 'assistant', content: [{ kind: 'text', text: '' }] },
        { role: 'user', content: [{ kind: 'text', text: '!' }] },
      ],
    },
    body: {
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }, { text: 'In Italian.' }],
      messages: [{ role: 'user', content: [{ text: 'Hi' }, { text: 'There' }, { text: '!' }] }],
      ...CAP,
    },
  },
  {
    name: 'instructions alone are what is asked',
    said: { messages: [{ role: 'system', content: [{ kind: 'text', text: 'Write a poem.' }] }] },
    body: { messages: [{ role: 'user', content: [{ text: 'Write a poem.' }] }], ...CAP },
  },
  {
    name: 'images, documents with names that differ, sound',
    said: {
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: '/9j/' } },
            {
              kind: 'document',
              name: 'Q3/report_final.pdf',
              source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERg==' },
            },
            {
              kind: 'document',
              name: 'Q3/report_final.pdf',
              source: { kind: 'base64', mediaType: 'text/csv', data: 'YSxi' },
            },
            { kind: 'document', source: { kind: 'url', url: 's3://bucket/a/b.docx' } },
            { kind: 'audio', format: 'wav', data: 'UklGRg==' },
            { kind: 'text', text: 'Read.', cache: { lifetime: '5m' } },
          ],
        },
      ],
    },
    body: {
      messages: [
        {
          role: 'user',
          content: [
            { image: { format: 'jpeg', source: { bytes: '/9j/' } } },
            { document: { format: 'pdf', name: 'Q3 report final pdf', source: { bytes: 'JVBERg==' } } },
            { document: { format: 'csv', name: 'Q3 report final pdf 2', source: { bytes: 'YSxi' } } },
            { document: { format: 'docx', name: 'document', source: { s3Location: { uri: 's3://bucket/a/b.docx' } } } },
            { audio: { format: 'wav', source: { bytes: 'UklGRg==' } } },
            { text: 'Read.' },
            { cachePoint: { type: 'default' } },
          ],
        },
      ],
      ...CAP,
    },
  },
  {
    name: 'tools, their results with an error and an image, and what the user says then',
    said: {
      tools: [{ ...WEATHER, strict: true, cache: { lifetime: '5m' } }],
      toolChoice: { kind: 'tool', name: 'weather' },
      messages: [
        HI,
        {
          role: 'assistant',
          content: [
            { kind: 'text', text: 'Both.' },
            { kind: 'tool_call', id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' },
            { kind: 'tool_call', id: 'c2', name: 'weather', arguments: '[1]' },
          ],
        },
        {
          role: 'tool',
          results: [
            {
              callId: 'c1',
              content: [
                { kind: 'text', text: '20' },
                { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } },
              ],
            },
            { callId: 'c2', isError: true, content: [{ kind: 'text', text: 'no city' }], cache: { lifetime: '5m' } },
          ],
        },
        { role: 'user', content: [{ kind: 'text', text: 'And?' }] },
      ],
    },
    body: {
      messages: [
        HI_TURN,
        {
          role: 'assistant',
          content: [
            { text: 'Both.' },
            { toolUse: { toolUseId: 'c1', name: 'weather', input: { city: 'Rome' } } },
            { toolUse: { toolUseId: 'c2', name: 'weather', input: { INVALID_JSON: '[1]' } } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              toolResult: {
                toolUseId: 'c1',
                content: [{ text: '20' }, { image: { format: 'png', source: { bytes: 'iVBO' } } }],
              },
            },
            { toolResult: { toolUseId: 'c2', content: [{ text: 'no city' }], status: 'error' } },
            { cachePoint: { type: 'default' } },
            { text: 'And?' },
          ],
        },
      ],
      ...CAP,
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'weather',
              description: 'Of a city',
              inputSchema: { json: WEATHER.parameters },
              strict: true,
            },
          },
          { cachePoint: { type: 'default' } },
        ],
        toolChoice: { tool: { name: 'weather' } },
      },
    },
  },
  {
    name: 'any tool must be called',
    said: { messages: [HI], tools: [WEATHER], toolChoice: { kind: 'required' } },
    body: { messages: [HI_TURN], ...CAP, toolConfig: { tools: [WEATHER_SPEC], toolChoice: { any: {} } } },
  },
  {
    name: 'no tool may be called: Claude is told so',
    said: { messages: [HI], tools: [WEATHER], toolChoice: { kind: 'none' } },
    body: {
      messages: [HI_TURN],
      ...CAP,
      toolConfig: { tools: [WEATHER_SPEC] },
      additionalModelRequestFields: { tool_choice: { type: 'none' } },
    },
  },
  {
    name: 'no tool may be called: others are not told of any',
    model: LLAMA,
    said: { messages: [HI], tools: [WEATHER], toolChoice: { kind: 'none' } },
    body: { messages: [HI_TURN], ...CAP },
  },
  {
    name: 'one call at a time',
    said: { messages: [HI], tools: [WEATHER], toolChoice: { kind: 'required' }, parallelToolCalls: false },
    body: {
      messages: [HI_TURN],
      ...CAP,
      toolConfig: { tools: [WEATHER_SPEC] },
      additionalModelRequestFields: { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
    },
  },
  {
    name: 'calls in the history and no tools any more',
    said: { messages: [HI, CALLED, RESULT] },
    body: {
      messages: [
        HI_TURN,
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'c1', name: 'weather', input: { city: 'Rome' } } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'c1', content: [{ text: '20 degrees' }] } }] },
      ],
      ...CAP,
      toolConfig: { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object' } } } }] },
      additionalModelRequestFields: { tool_choice: { type: 'none' } },
    },
  },
  {
    name: 'sampling, and which stop sequence it was is asked for',
    said: {
      messages: [HI],
      sampling: { temperature: 0.2, topP: 0.9, topK: 40, stop: ['END', 'STOP'], frequencyPenalty: 0 },
    },
    body: {
      messages: [HI_TURN],
      inferenceConfig: { maxTokens: 4096, temperature: 0.2, topP: 0.9, stopSequences: ['END', 'STOP'] },
      additionalModelRequestFields: { top_k: 40 },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
    },
  },
  {
    name: 'top_k as Nova spells it, without a cache of an hour',
    model: NOVA,
    said: {
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hi', cache: { lifetime: '1h' } }] }],
      sampling: { topK: 40, stop: ['END'] },
    },
    body: {
      messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }],
      inferenceConfig: { maxTokens: 4096, stopSequences: ['END'] },
      additionalModelRequestFields: { inferenceConfig: { topK: 40 } },
    },
  },
  {
    name: 'no cache where there is none',
    model: LLAMA,
    said: { messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hi', cache: { lifetime: '5m' } }] }] },
    body: { messages: [HI_TURN], ...CAP },
  },
  {
    name: 'an answer by a schema',
    said: {
      messages: [HI],
      output: { kind: 'json_schema', name: 'city', description: 'A city', schema: { type: 'object', properties: {} } },
    },
    body: {
      messages: [HI_TURN],
      ...CAP,
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: {
            jsonSchema: { schema: '{"type":"object","properties":{}}', name: 'city', description: 'A city' },
          },
        },
      },
    },
  },
  {
    name: 'an effort, of a Claude that takes a number',
    said: { messages: [HI], reasoning: { effort: 'low' } },
    body: {
      messages: [HI_TURN],
      ...CAP,
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
    },
  },
  {
    name: 'an effort, of a Claude that takes one',
    model: OPUS_46,
    said: { messages: [HI], reasoning: { effort: 'max' } },
    body: {
      messages: [HI_TURN],
      ...CAP,
      additionalModelRequestFields: { thinking: { type: 'adaptive' } },
      outputConfig: { effort: 'max' },
    },
  },
  {
    name: 'no thought at all, of a Claude that might think',
    model: OPUS_46,
    said: { messages: [HI], reasoning: { effort: 'none' } },
    body: { messages: [HI_TURN], ...CAP, additionalModelRequestFields: { thinking: { type: 'disabled' } } },
  },
  {
    name: 'no thought at all, of a model that has none',
    model: NOVA,
    said: { messages: [HI], reasoning: { effort: 'none' } },
    body: { messages: [HI_TURN], ...CAP },
  },
  {
    name: 'an effort, of Nova 2',
    model: NOVA_2,
    said: { messages: [HI], reasoning: { effort: 'xhigh' } },
    body: {
      messages: [HI_TURN],
      ...CAP,
      additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
    },
  },
  {
    name: 'an effort, of gpt-oss',
    model: 'openai.gpt-oss-120b-1:0',
    said: { messages: [HI], reasoning: { effort: 'minimal' } },
    body: { messages: [HI_TURN], ...CAP, additionalModelRequestFields: { reasoning_effort: 'low' } },
  },
  {
    name: 'signed thought goes back to Claude; unsigned, and that of others, does not',
    said: {
      protocol: 'anthropic-messages',
      messages: [
        HI,
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'I think', signature: 'SIG==' },
            { kind: 'reasoning', text: '', redacted: 'c2VjcmV0' },
            { kind: 'reasoning', text: 'unsigned' },
            { kind: 'reasoning', text: 'of Google', signature: 'gemini:AAAA' },
            { kind: 'refusal', text: 'No.' },
          ],
        },
        HI,
      ],
    },
    body: {
      messages: [
        HI_TURN,
        {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'I think', signature: 'SIG==' } } },
            { reasoningContent: { redactedContent: 'c2VjcmV0' } },
            { text: 'No.' },
          ],
        },
        HI_TURN,
      ],
      ...CAP,
    },
  },
];

for (const { name, model = SONNET_45, said, body } of CASES) {
  test(`a request: ${name}`, async () => {
    const written = writeConverse(generation(said), model, 4096);
    assert.deepEqual(written.refused, []);
    assert.deepEqual(written.body, body);
    // What AWS's own client makes of the same document: a field that it does not know would be gone.
    assert.deepEqual(await asAwsWritesIt(model, written.body), body);
  });
}

async function asAwsWritesIt(modelId: string, body: JsonObject): Promise<unknown> {
  let sent = '';
  const client = new BedrockRuntimeClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: ({ body }: { readonly body: Uint8Array }) => {
        sent = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
        return Promise.reject(new Error('written'));
      },
    },
  });
  // The client takes bytes where JSON has base64, and is not typed for what is only known at run time.
  const input = { modelId, ...(withBytes(body) as object) } as ConverseCommandInput;
  await assert.rejects(client.send(new ConverseCommand(input)), /written/);
  client.destroy();
  return JSON.parse(sent);
}

function withBytes(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      (name === 'bytes' || name === 'redactedContent') && typeof field === 'string'
        ? Buffer.from(field, 'base64')
        : withBytes(field),
    ]),
  );
}

interface Refusal {
  readonly names: readonly string[];
  readonly model?: string;
  readonly said: Partial<GenerationRequest>;
}

const image = (
  source:
    | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
    | { readonly kind: 'url'; readonly url: string },
) => ({ messages: [{ role: 'user', content: [{ kind: 'image', source }] }] }) as const;

const REFUSALS: readonly Refusal[] = [
  { names: ['logit_bias', 'n'], said: { unkept: ['logit_bias', 'n'] } },
  { names: ['temperature above 1'], said: { sampling: { temperature: 1.2 } } },
  {
    names: ['seed', 'frequency_penalty', 'presence_penalty'],
    said: { sampling: { seed: 1, frequencyPenalty: 0.5, presencePenalty: -1 } },
  },
  {
    names: ['temperature beside reasoning', 'forced tool choice beside reasoning'],
    said: {
      sampling: { temperature: 0.2 },
      reasoning: { effort: 'high' },
      tools: [WEATHER],
      toolChoice: { kind: 'required' },
    },
  },
  { names: ['top_k'], model: LLAMA, said: { sampling: { topK: 3 } } },
  { names: ['a JSON answer without a schema'], said: { output: { kind: 'json' } } },
  { names: ['image of type image/tiff'], said: image({ kind: 'base64', mediaType: 'image/tiff', data: 'AAAA' }) },
  { names: ['image by URL'], said: image({ kind: 'url', url: 'https://example.com/a.png' }) },
  {
    names: ['image by URL without an ending that tells its format'],
    said: image({ kind: 'url', url: 's3://b/a' }),
  },
  {
    names: ['audio of format midi'],
    said: { messages: [{ role: 'user', content: [{ kind: 'audio', format: 'midi', data: 'AA==' }] }] },
  },
  { names: ['reasoning'], model: 'anthropic.claude-3-5-sonnet-20241022-v2:0', said: { reasoning: { effort: 'high' } } },
  { names: ['reasoning'], model: 'anthropic.claude-v2:1', said: { reasoning: { effort: 'high' } } },
  { names: ['reasoning'], model: NOVA, said: { reasoning: { effort: 'low' } } },
  { names: ['reasoning'], model: LLAMA, said: { reasoning: { budgetTokens: 2000 } } },
  { names: ['a budget of reasoning tokens'], model: NOVA_2, said: { reasoning: { budgetTokens: 2000 } } },
  { names: ['parallel_tool_calls false'], model: NOVA, said: { tools: [WEATHER], parallelToolCalls: false } },
  {
    names: ['tool_choice none after tool calls'],
    model: NOVA,
    said: { tools: [WEATHER], toolChoice: { kind: 'none' }, messages: [HI, CALLED, RESULT] },
  },
  { names: ['tool calls in the history without tools'], model: NOVA, said: { messages: [HI, CALLED, RESULT] } },
  {
    names: ['a conversation that starts with the assistant'],
    said: { messages: [{ role: 'assistant', content: [{ kind: 'text', text: 'Hi' }] }] },
  },
  { names: ['messages without content'], said: { messages: [{ role: 'user', content: [] }] } },
];

for (const { names, model = SONNET_45, said } of REFUSALS) {
  test(`${model} refuses ${names.join(', ')}`, () => {
    assert.deepEqual(writeConverse(generation(said), model, 4096).refused, names);
  });
}

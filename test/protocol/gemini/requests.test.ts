import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GenerationRequest } from '../../../src/core/generation.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { writeGenerateContent } from '../../../src/protocol/gemini/request.ts';
import { generation } from '../../support/model-requests.ts';

const PRO_25 = 'gemini-2.5-pro';
const FLASH_25 = 'gemini-2.5-flash';
const PRO_3 = 'gemini-3-pro-preview';
const FLASH_3 = 'gemini-3-flash-preview';

const HI = { role: 'user', content: [{ kind: 'text', text: 'Hi' }] } as const;
const HI_TURN: Json = { role: 'user', parts: [{ text: 'Hi' }] };
const CAP = { generationConfig: { maxOutputTokens: 4096 } };
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
} as const;
const WEATHER = {
  name: 'weather',
  description: 'Of a city',
  parameters: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...SCHEMA },
} as const;
const DECLARED: Json = [
  { functionDeclarations: [{ name: 'weather', description: 'Of a city', parametersJsonSchema: SCHEMA }] },
];
const call = (id: string, args = '{"city":"Rome"}') =>
  ({ kind: 'tool_call', id, name: 'weather', arguments: args }) as const;
const calling = (config: Json): JsonObject => ({
  contents: [HI_TURN],
  tools: DECLARED,
  toolConfig: { functionCallingConfig: config },
  ...CAP,
});
const thinking = (config: Json): JsonObject => ({
  contents: [HI_TURN],
  generationConfig: { maxOutputTokens: 4096, thinkingConfig: config },
});

interface Case {
  readonly name: string;
  readonly model?: string;
  readonly said: Partial<GenerationRequest>;
  readonly body: JsonObject;
}

const CASES: readonly Case[] = [
  { name: 'one text', said: { messages: [HI] }, body: { contents: [HI_TURN], ...CAP } },
  {
    name: 'instructions from anywhere, and no empty turns',
    said: {
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.', cache: { lifetime: '5m' } }] },
        HI,
        {
          role: 'assistant',
          content: [
            { kind: 'refusal', text: 'No.' },
            { kind: 'text', text: '' },
          ],
        },
        { role: 'system', content: [{ kind: 'text', text: 'In Italian.' }] },
        { role: 'user', content: [{ kind: 'text', text: '' }] },
      ],
    },
    body: {
      contents: [HI_TURN, { role: 'model', parts: [{ text: 'No.' }] }],
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'In Italian.' }] },
      ...CAP,
    },
  },
  {
    name: 'instructions alone are what is asked',
    said: { messages: [{ role: 'system', content: [{ kind: 'text', text: 'Write a poem.' }] }] },
    body: { contents: [{ role: 'user', parts: [{ text: 'Write a poem.' }] }], ...CAP },
  },
  {
    name: 'images, documents, sound, beside the text or by address',
    said: {
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'image', detail: 'high', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } },
            { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.JPG?w=3' } },
            { kind: 'image', source: { kind: 'url', url: 'https://example.com/image' } },
            {
              kind: 'document',
              name: 'a.pdf',
              source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERg==' },
            },
            { kind: 'document', source: { kind: 'url', url: 'gs://bucket/b.pdf' } },
            { kind: 'audio', format: 'mp3', data: 'SUQz' },
          ],
        },
      ],
    },
    body: {
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'image/png', data: 'iVBO' } },
            { fileData: { mimeType: 'image/jpeg', fileUri: 'https://example.com/a.JPG?w=3' } },
            { fileData: { fileUri: 'https://example.com/image' } },
            { inlineData: { mimeType: 'application/pdf', data: 'JVBERg==' } },
            { fileData: { mimeType: 'application/pdf', fileUri: 'gs://bucket/b.pdf' } },
            { inlineData: { mimeType: 'audio/mp3', data: 'SUQz' } },
          ],
        },
      ],
      ...CAP,
    },
  },
  {
    name: 'calls together, and results that are named after them',
    said: {
      tools: [WEATHER],
      messages: [
        HI,
        { role: 'assistant', content: [{ kind: 'text', text: 'Both.' }, call('c1'), call('c2', '')] },
        {
          role: 'tool',
          results: [
            { callId: 'c2', isError: true, content: [{ kind: 'text', text: 'no city' }] },
            {
              callId: 'c1',
              content: [
                { kind: 'text', text: '20' },
                { kind: 'text', text: 'sunny' },
              ],
            },
          ],
        },
      ],
    },
    body: {
      contents: [
        HI_TURN,
        {
          role: 'model',
          parts: [
            { text: 'Both.' },
            { functionCall: { id: 'c1', name: 'weather', args: { city: 'Rome' } } },
            { functionCall: { id: 'c2', name: 'weather', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'c2', name: 'weather', response: { error: 'no city' } } },
            { functionResponse: { id: 'c1', name: 'weather', response: { output: '20\nsunny' } } },
          ],
        },
      ],
      tools: DECLARED,
      ...CAP,
    },
  },
  {
    name: 'arguments that are no JSON object stay readable',
    said: { messages: [HI, { role: 'assistant', content: [call('c1', '{"city":')] }] },
    body: {
      contents: [
        HI_TURN,
        {
          role: 'model',
          parts: [{ functionCall: { id: 'c1', name: 'weather', args: { INVALID_JSON: '{"city":' } } }],
        },
      ],
      ...CAP,
    },
  },
  {
    name: 'an id that comes again means the call before it',
    said: {
      messages: [
        HI,
        { role: 'assistant', content: [call('c1')] },
        { role: 'tool', results: [{ callId: 'c1', content: [] }] },
        { role: 'assistant', content: [{ kind: 'tool_call', id: 'c1', name: 'clock', arguments: '{}' }] },
        { role: 'tool', results: [{ callId: 'c1', content: [] }] },
      ],
    },
    body: {
      contents: [
        HI_TURN,
        { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'weather', args: { city: 'Rome' } } }] },
        { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'weather', response: { output: '' } } }] },
        { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'clock', args: {} } }] },
        { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'clock', response: { output: '' } } }] },
      ],
      ...CAP,
    },
  },
  {
    name: 'signatures go back to the part behind the thought, or to the text before; those of others do not',
    model: FLASH_3,
    said: {
      messages: [
        HI,
        {
          role: 'assistant',
          content: [{ kind: 'reasoning', text: 'Hm.', signature: 'gemini:QUJD' }, call('c1'), call('c2')],
        },
        {
          role: 'tool',
          results: [
            {
              callId: 'c1',
              content: [{ kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } }],
            },
          ],
        },
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'of Claude', signature: 'SIG==' },
            { kind: 'text', text: 'Done.' },
            { kind: 'reasoning', text: '', signature: 'gemini:REVG' },
          ],
        },
        { role: 'assistant', content: [{ kind: 'reasoning', text: '', signature: 'gemini:R0hJ' }] },
      ],
    },
    body: {
      contents: [
        HI_TURN,
        {
          role: 'model',
          parts: [
            { functionCall: { id: 'c1', name: 'weather', args: { city: 'Rome' } }, thoughtSignature: 'QUJD' },
            { functionCall: { id: 'c2', name: 'weather', args: { city: 'Rome' } } },
          ],
        },
        {
          role: 'user',
          parts: [
            {
              functionResponse: {
                id: 'c1',
                name: 'weather',
                response: { output: '' },
                parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBO' } }],
              },
            },
          ],
        },
        { role: 'model', parts: [{ text: 'Done.', thoughtSignature: 'REVG' }] },
        { role: 'model', parts: [{ text: '', thoughtSignature: 'R0hJ' }] },
      ],
      ...CAP,
    },
  },
  {
    name: 'a call that another model made is marked as such from 3 on',
    model: PRO_3,
    said: { messages: [HI, { role: 'assistant', content: [call('c1'), call('c2')] }] },
    body: {
      contents: [
        HI_TURN,
        {
          role: 'model',
          parts: [
            {
              functionCall: { id: 'c1', name: 'weather', args: { city: 'Rome' } },
              thoughtSignature: 'skip_thought_signature_validator',
            },
            { functionCall: { id: 'c2', name: 'weather', args: { city: 'Rome' } } },
          ],
        },
      ],
      ...CAP,
    },
  },
  {
    name: 'the choice of tools: auto',
    said: { messages: [HI], tools: [WEATHER], toolChoice: { kind: 'auto' } },
    body: calling({ mode: 'AUTO' }),
  },
  {
    name: 'the choice of tools: none',
    said: { messages: [HI], tools: [WEATHER], toolChoice: { kind: 'none' }, parallelToolCalls: false },
    body: calling({ mode: 'NONE' }),
  },
  {
    name: 'the choice of tools: some',
    said: { messages: [HI], tools: [WEATHER], toolChoice: { kind: 'required' } },
    body: calling({ mode: 'ANY' }),
  },
  {
    name: 'the choice of tools: this one',
    said: { messages: [HI], tools: [WEATHER], toolChoice: { kind: 'tool', name: 'weather' } },
    body: calling({ mode: 'ANY', allowedFunctionNames: ['weather'] }),
  },
  {
    name: 'arguments that keep to their schema',
    said: { messages: [HI], tools: [{ ...WEATHER, strict: true }] },
    body: calling({ mode: 'VALIDATED' }),
  },
  {
    name: 'all of the sampling',
    said: {
      messages: [HI],
      sampling: {
        temperature: 1.5,
        topP: 0.9,
        topK: 40,
        frequencyPenalty: 0.1,
        presencePenalty: -0.1,
        seed: -7,
        stop: ['END'],
      },
    },
    body: {
      contents: [HI_TURN],
      generationConfig: {
        maxOutputTokens: 4096,
        temperature: 1.5,
        topP: 0.9,
        topK: 40,
        frequencyPenalty: 0.1,
        presencePenalty: -0.1,
        seed: -7,
        stopSequences: ['END'],
      },
    },
  },
  {
    name: 'any JSON',
    said: { messages: [HI], output: { kind: 'json' } },
    body: { contents: [HI_TURN], generationConfig: { maxOutputTokens: 4096, responseMimeType: 'application/json' } },
  },
  {
    name: 'JSON by a schema',
    said: { messages: [HI], output: { kind: 'json_schema', name: 'city', strict: true, schema: WEATHER.parameters } },
    body: {
      contents: [HI_TURN],
      generationConfig: { maxOutputTokens: 4096, responseMimeType: 'application/json', responseJsonSchema: SCHEMA },
    },
  },
  {
    name: 'an effort of 2.5',
    said: { messages: [HI], reasoning: { effort: 'medium', show: true } },
    body: thinking({ thinkingBudget: 8192, includeThoughts: true }),
  },
  {
    name: 'no thought of 2.5 Flash',
    model: FLASH_25,
    said: { messages: [HI], reasoning: { effort: 'none' } },
    body: thinking({ thinkingBudget: 0 }),
  },
  {
    name: 'a number of tokens',
    model: FLASH_3,
    said: { messages: [HI], reasoning: { budgetTokens: 500 } },
    body: thinking({ thinkingBudget: 500 }),
  },
  {
    name: 'as much as 2.5 likes',
    said: { messages: [HI], reasoning: { adaptive: true } },
    body: thinking({ thinkingBudget: -1 }),
  },
  {
    name: 'as much as 3 likes, which it does anyway',
    model: FLASH_3,
    said: { messages: [HI], reasoning: { adaptive: true } },
    body: { contents: [HI_TURN], ...CAP },
  },
  {
    name: 'an effort of 3 Flash',
    model: FLASH_3,
    said: { messages: [HI], reasoning: { effort: 'minimal' } },
    body: thinking({ thinkingLevel: 'minimal' }),
  },
  {
    name: 'an effort that 3 Pro does not have',
    model: PRO_3,
    said: { messages: [HI], reasoning: { effort: 'minimal' } },
    body: thinking({ thinkingLevel: 'low' }),
  },
  {
    name: 'a medium effort of 3.1 Pro',
    model: 'gemini-3.1-pro-preview',
    said: { messages: [HI], reasoning: { effort: 'medium' } },
    body: thinking({ thinkingLevel: 'medium' }),
  },
  {
    name: 'the highest effort',
    model: PRO_3,
    said: { messages: [HI], reasoning: { effort: 'max' } },
    body: thinking({ thinkingLevel: 'high' }),
  },
  {
    name: 'no thought of a model that has none',
    model: 'gemini-2.0-flash',
    said: { messages: [HI], reasoning: { effort: 'none', show: true } },
    body: { contents: [HI_TURN], ...CAP },
  },
];

for (const { name, model = PRO_25, said, body } of CASES) {
  test(`a request: ${name}`, () => {
    assert.deepEqual(writeGenerateContent(generation(said), model, 4096), { body, refused: [] });
  });
}

interface Refusal {
  readonly names: readonly string[];
  readonly model?: string;
  readonly said: Partial<GenerationRequest>;
}

const REFUSALS: readonly Refusal[] = [
  { names: ['logprobs'], said: { unkept: ['logprobs'] } },
  { names: ['more than 5 stop sequences'], said: { sampling: { stop: ['1', '2', '3', '4', '5', '6'] } } },
  { names: ['a seed of more than 31 bits'], said: { sampling: { seed: 2 ** 40 } } },
  { names: ['parallel_tool_calls false'], said: { tools: [WEATHER], parallelToolCalls: false } },
  { names: ['no reasoning at all'], said: { reasoning: { effort: 'none' } } },
  { names: ['no reasoning at all'], model: FLASH_3, said: { reasoning: { effort: 'none' } } },
  { names: ['reasoning'], model: 'gemini-2.0-flash', said: { reasoning: { effort: 'low' } } },
  { names: ['reasoning'], model: 'gemini-1.5-pro-002', said: { reasoning: { budgetTokens: 10 } } },
  { names: ['messages without content'], said: { messages: [{ role: 'user', content: [] }] } },
  {
    names: ['a tool result whose call is not in the history'],
    said: { messages: [HI, { role: 'tool', results: [{ callId: 'c9', content: [] }] }] },
  },
  {
    names: ['images in tool results'],
    said: {
      messages: [
        HI,
        { role: 'assistant', content: [call('c1')] },
        {
          role: 'tool',
          results: [
            { callId: 'c1', content: [{ kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }] },
          ],
        },
      ],
    },
  },
];

for (const { names, model = PRO_25, said } of REFUSALS) {
  test(`${model} refuses ${names.join(', ')}`, () => {
    assert.deepEqual(writeGenerateContent(generation(said), model, 4096).refused, names);
  });
}

/** Conversations with tools: declared, chosen, called in parallel, answered. Data only. */
import { createHash } from 'node:crypto';
import type { ToolChoice } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import {
  CACHE_MARKS,
  CHATS,
  CLAUDES,
  type Conversation,
  ERROR_FLAGS,
  each,
  OPENAIS,
  TOOL_STRICTNESS_FALSE,
} from './conversation.ts';
import type { RequestWords } from './words.ts';

const CITY: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Its name' } },
  required: ['city'],
  additionalProperties: false,
};
const CITY_TEXT = JSON.stringify(CITY);
const RESPONSES_TOOLS = [
  { type: 'function', name: 'get_weather', description: 'Weather of a city', parameters: CITY },
  { type: 'function', name: 'now' },
];
const NOTHING: JsonObject = { type: 'object', properties: {} };

const WEATHER = { name: 'get_weather', description: 'Weather of a city', parameters: CITY } as const;
const NOW = { name: 'now', parameters: NOTHING } as const;

const CHAT_TOOLS = [
  { type: 'function', function: { name: 'get_weather', description: 'Weather of a city', parameters: CITY } },
  { type: 'function', function: { name: 'now' } },
];
const ANTHROPIC_TOOLS = [
  { name: 'get_weather', description: 'Weather of a city', input_schema: CITY },
  { type: 'custom', name: 'now', input_schema: NOTHING },
];
const GRPC_TOOLS = [{ name: 'get_weather', description: 'Weather of a city', parameters: CITY_TEXT }, { name: 'now' }];
const GEMINI_TOOLS = [
  {
    functionDeclarations: [
      { name: 'get_weather', description: 'Weather of a city', parametersJsonSchema: CITY },
      { name: 'now', parametersJsonSchema: NOTHING },
    ],
  },
];
const BEDROCK_TOOLS = [
  { toolSpec: { name: 'get_weather', description: 'Weather of a city', inputSchema: { json: CITY } } },
  { toolSpec: { name: 'now', inputSchema: { json: NOTHING } } },
];
const GEMINI_HI = [{ role: 'user', parts: [{ text: 'Hi' }] }];
const BEDROCK_HI = [{ role: 'user', content: [{ text: 'Hi' }] }];

interface Choice {
  readonly name: string;
  readonly choice?: ToolChoice;
  readonly chat: JsonObject;
  readonly responses: JsonObject;
  readonly anthropic: JsonObject;
  readonly grpc: JsonObject;
  readonly gemini: JsonObject;
  readonly bedrock: JsonObject;
}

const CHOICES: readonly Choice[] = [
  { name: 'not said', chat: {}, responses: {}, anthropic: {}, grpc: {}, gemini: {}, bedrock: {} },
  {
    name: 'auto',
    choice: { kind: 'auto' },
    chat: { tool_choice: 'auto' },
    responses: { tool_choice: 'auto' },
    anthropic: { tool_choice: { type: 'auto' } },
    grpc: { tool_choice: { kind: 'auto' } },
    gemini: { toolConfig: { functionCallingConfig: { mode: 'AUTO' } } },
    bedrock: { toolChoice: { auto: {} } },
  },
  {
    name: 'required',
    choice: { kind: 'required' },
    chat: { tool_choice: 'required' },
    responses: { tool_choice: 'required' },
    anthropic: { tool_choice: { type: 'any' } },
    grpc: { tool_choice: { kind: 'required' } },
    gemini: { toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
    bedrock: { toolChoice: { any: {} } },
  },
  {
    name: 'one by name',
    choice: { kind: 'tool', name: 'now' },
    chat: { tool_choice: { type: 'function', function: { name: 'now' } } },
    responses: { tool_choice: { type: 'function', name: 'now' } },
    anthropic: { tool_choice: { type: 'tool', name: 'now' } },
    grpc: { tool_choice: { kind: 'tool', name: 'now' } },
    gemini: { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['now'] } } },
    bedrock: { toolChoice: { tool: { name: 'now' } } },
  },
];

const chosen = ({ name, choice, chat, responses, anthropic, grpc, gemini, bedrock }: Choice): Conversation => ({
  name: `tools, the choice among them ${name}`,
  words: { tools: [WEATHER, NOW], ...(choice === undefined ? undefined : { toolChoice: choice }) },
  spelled: {
    chat: { body: { tools: CHAT_TOOLS, ...chat } },
    responses: { body: { tools: RESPONSES_TOOLS, ...responses } },
    anthropic: { body: { tools: ANTHROPIC_TOOLS, ...anthropic } },
    grpc: { body: { tools: GRPC_TOOLS, ...grpc } },
  },
  golden: {
    gemini: { contents: GEMINI_HI, tools: GEMINI_TOOLS, ...gemini },
    bedrock: { messages: BEDROCK_HI, toolConfig: { tools: BEDROCK_TOOLS, ...bedrock } },
  },
});

const ASKED = [{ kind: 'text', text: 'Weather in Rome and Oslo?' }] as const;
const ARGUMENTS = ['{"city":"Rome"}', '{"city":"Osló 🌧"}'] as const;

const UNFLAGGED: RequestWords['messages'] = [
  { role: 'user', content: ASKED },
  {
    role: 'assistant',
    content: [
      { kind: 'text', text: 'I look.' },
      { kind: 'tool_call', id: 'call_1', name: 'get_weather', arguments: ARGUMENTS[0] },
      { kind: 'tool_call', id: 'call_2', name: 'get_weather', arguments: ARGUMENTS[1] },
    ],
  },
  {
    role: 'tool',
    results: [
      { callId: 'call_1', content: [{ kind: 'text', text: '21 °C' }] },
      { callId: 'call_2', content: [{ kind: 'text', text: 'no such city' }] },
    ],
  },
  { role: 'user', content: [{ kind: 'text', text: 'And?' }] },
];

const UNMARKED: RequestWords['messages'] = [
  { role: 'user', content: [{ kind: 'text', text: 'Time?' }] },
  { role: 'assistant', content: [{ kind: 'tool_call', id: 'call_1', name: 'now', arguments: '{}' }] },
  { role: 'tool', results: [{ callId: 'call_1', content: [{ kind: 'text', text: 'noon' }] }] },
];

/** Longer than anybody takes but Anthropic and Google. */
const LONG_ID = `functions_${'weather_'.repeat(9)}0`;
const SHORT_ID = `call_${createHash('sha256').update(LONG_ID).digest('hex').slice(0, 32)}`;
const called = (id: string): RequestWords['messages'] => [
  { role: 'user', content: [{ kind: 'text', text: 'Time?' }] },
  { role: 'assistant', content: [{ kind: 'tool_call', id, name: 'now', arguments: '{}' }] },
  { role: 'tool', results: [{ callId: id, content: [{ kind: 'text', text: 'noon' }] }] },
];

export const TOOL_CONVERSATIONS: readonly Conversation[] = [
  ...CHOICES.map(chosen),
  {
    name: 'tools, none of which may be called',
    words: { tools: [WEATHER, NOW], toolChoice: { kind: 'none' } },
    spelled: {
      responses: { body: { tools: RESPONSES_TOOLS, tool_choice: 'none' } },
      chat: { body: { tools: CHAT_TOOLS, tool_choice: 'none' } },
      anthropic: { body: { tools: ANTHROPIC_TOOLS, tool_choice: { type: 'none' } } },
      grpc: { body: { tools: GRPC_TOOLS, tool_choice: { kind: 'none' } } },
    },
    golden: {
      gemini: {
        contents: GEMINI_HI,
        tools: GEMINI_TOOLS,
        toolConfig: { functionCallingConfig: { mode: 'NONE' } },
      },
      bedrock: {
        messages: BEDROCK_HI,
        toolConfig: { tools: BEDROCK_TOOLS },
        additionalModelRequestFields: { tool_choice: { type: 'none' } },
      },
    },
  },
  {
    name: 'tools, one call at a time',
    words: { tools: [WEATHER, NOW], toolChoice: { kind: 'required' }, parallelToolCalls: false },
    spelled: {
      responses: { body: { tools: RESPONSES_TOOLS, tool_choice: 'required', parallel_tool_calls: false } },
      chat: { body: { tools: CHAT_TOOLS, tool_choice: 'required', parallel_tool_calls: false } },
      anthropic: { body: { tools: ANTHROPIC_TOOLS, tool_choice: { type: 'any', disable_parallel_tool_use: true } } },
      grpc: { body: { tools: GRPC_TOOLS, tool_choice: { kind: 'required' }, parallel_tool_calls: false } },
    },
    refused: { deepseek: ['one tool call at a time'], gemini: ['parallel_tool_calls false'] },
    golden: {
      bedrock: {
        messages: BEDROCK_HI,
        toolConfig: { tools: BEDROCK_TOOLS },
        additionalModelRequestFields: { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
      },
    },
  },
  {
    name: 'a strict tool and one that is not',
    words: {
      tools: [
        { ...WEATHER, strict: true },
        { ...NOW, strict: false },
      ],
    },
    spelled: {
      responses: {
        body: {
          tools: [
            { type: 'function', ...WEATHER, strict: true },
            { type: 'function', ...NOW, strict: false },
          ],
        },
      },
      chat: {
        body: {
          tools: [
            { type: 'function', function: { ...WEATHER, strict: true } },
            { type: 'function', function: { ...NOW, strict: false } },
          ],
        },
      },
      anthropic: {
        body: {
          tools: [
            { name: 'get_weather', description: 'Weather of a city', input_schema: CITY, strict: true },
            { name: 'now', input_schema: NOTHING, strict: false },
          ],
        },
      },
      grpc: {
        body: {
          tools: [
            { name: 'get_weather', description: 'Weather of a city', parameters: CITY_TEXT, strict: true },
            { name: 'now', strict: false },
          ],
        },
      },
    },
    lost: each(CLAUDES, { 'that a tool is not strict, which is how they are': TOOL_STRICTNESS_FALSE }),
    golden: {
      gemini: {
        contents: GEMINI_HI,
        tools: GEMINI_TOOLS,
        toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } },
      },
      bedrock: {
        messages: BEDROCK_HI,
        toolConfig: {
          tools: [
            {
              toolSpec: {
                name: 'get_weather',
                description: 'Weather of a city',
                inputSchema: { json: CITY },
                strict: true,
              },
            },
            { toolSpec: { name: 'now', inputSchema: { json: NOTHING } } },
          ],
        },
      },
    },
  },
  {
    name: 'parallel calls and their results, one of which failed',
    words: {
      tools: [WEATHER, NOW],
      messages: [
        { role: 'user', content: ASKED },
        {
          role: 'assistant',
          content: [
            { kind: 'text', text: 'I look.' },
            { kind: 'tool_call', id: 'call_1', name: 'get_weather', arguments: ARGUMENTS[0] },
            { kind: 'tool_call', id: 'call_2', name: 'get_weather', arguments: ARGUMENTS[1] },
          ],
        },
        {
          role: 'tool',
          results: [
            { callId: 'call_1', content: [{ kind: 'text', text: '21 °C' }] },
            { callId: 'call_2', content: [{ kind: 'text', text: 'no such city' }], isError: true },
          ],
        },
        { role: 'user', content: [{ kind: 'text', text: 'And?' }] },
      ],
    },
    spelled: {
      responses: {
        body: {
          tools: RESPONSES_TOOLS,
          input: [
            { role: 'user', content: 'Weather in Rome and Oslo?' },
            { role: 'assistant', content: 'I look.' },
            {
              type: 'function_call',
              id: 'fc_1',
              call_id: 'call_1',
              name: 'get_weather',
              arguments: ARGUMENTS[0],
              status: 'completed',
            },
            { type: 'function_call', id: 'fc_2', call_id: 'call_2', name: 'get_weather', arguments: ARGUMENTS[1] },
            { type: 'function_call_output', call_id: 'call_1', output: '21 °C' },
            { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'no such city' }] },
            { role: 'user', content: 'And?' },
          ],
        },
        words: { messages: UNFLAGGED },
      },
      chat: {
        body: {
          tools: CHAT_TOOLS,
          messages: [
            { role: 'user', content: 'Weather in Rome and Oslo?' },
            {
              role: 'assistant',
              content: 'I look.',
              tool_calls: [
                { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: ARGUMENTS[0] } },
                { id: 'call_2', type: 'function', function: { name: 'get_weather', arguments: ARGUMENTS[1] } },
              ],
            },
            { role: 'tool', tool_call_id: 'call_1', content: '21 °C' },
            { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'no such city' }] },
            { role: 'user', content: 'And?' },
          ],
        },
        words: { messages: UNFLAGGED },
      },
      anthropic: {
        body: {
          tools: ANTHROPIC_TOOLS,
          messages: [
            { role: 'user', content: 'Weather in Rome and Oslo?' },
            {
              role: 'assistant',
              content: [
                { type: 'text', text: 'I look.' },
                { type: 'tool_use', id: 'call_1', name: 'get_weather', input: { city: 'Rome' } },
                { type: 'tool_use', id: 'call_2', name: 'get_weather', input: { city: 'Osló 🌧' } },
              ],
            },
            {
              role: 'user',
              content: [
                { type: 'tool_result', tool_use_id: 'call_1', content: '21 °C' },
                {
                  type: 'tool_result',
                  tool_use_id: 'call_2',
                  content: [{ type: 'text', text: 'no such city' }],
                  is_error: true,
                },
                { type: 'text', text: 'And?' },
              ],
            },
          ],
        },
      },
      grpc: {
        body: {
          tools: GRPC_TOOLS,
          messages: [
            { role: 'user', content: [{ text: 'Weather in Rome and Oslo?' }] },
            {
              role: 'assistant',
              content: [
                { text: 'I look.' },
                { tool_call: { id: 'call_1', name: 'get_weather', arguments: ARGUMENTS[0] } },
                { tool_call: { id: 'call_2', name: 'get_weather', arguments: ARGUMENTS[1] } },
              ],
            },
            {
              role: 'tool',
              results: [
                { call_id: 'call_1', content: [{ text: '21 °C' }] },
                { call_id: 'call_2', content: [{ text: 'no such city' }], is_error: true },
              ],
            },
            { role: 'user', content: [{ text: 'And?' }] },
          ],
        },
      },
    },
    lost: each(OPENAIS, { 'that a tool failed, which its result says': ERROR_FLAGS }),
    golden: { gemini: geminiHistory('error'), bedrock: bedrockHistory({ status: 'error' }) },
    goldenOf: {
      chat: { gemini: geminiHistory('output'), bedrock: bedrockHistory({}) },
      responses: { gemini: geminiHistory('output'), bedrock: bedrockHistory({}) },
    },
  },
  {
    name: 'calls in the history with marks for a cache, and no tools any more',
    words: {
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'Time?' }] },
        {
          role: 'assistant',
          content: [{ kind: 'tool_call', id: 'call_1', name: 'now', arguments: '{}', cache: { lifetime: '5m' } }],
        },
        {
          role: 'tool',
          results: [{ callId: 'call_1', content: [{ kind: 'text', text: 'noon' }], cache: { lifetime: '5m' } }],
        },
      ],
    },
    spelled: {
      responses: {
        body: {
          input: [
            { role: 'user', content: 'Time?' },
            { type: 'function_call', call_id: 'call_1', name: 'now', arguments: '{}' },
            { type: 'function_call_output', call_id: 'call_1', output: 'noon' },
          ],
        },
        words: { messages: UNMARKED },
      },
      chat: {
        body: {
          messages: [
            { role: 'user', content: 'Time?' },
            {
              role: 'assistant',
              content: null,
              tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } }],
            },
            { role: 'tool', tool_call_id: 'call_1', content: 'noon' },
          ],
        },
        words: { messages: UNMARKED },
      },
      anthropic: {
        body: {
          messages: [
            { role: 'user', content: 'Time?' },
            {
              role: 'assistant',
              content: [
                { type: 'tool_use', id: 'call_1', name: 'now', input: {}, cache_control: { type: 'ephemeral' } },
              ],
            },
            {
              role: 'user',
              content: [
                {
                  type: 'tool_result',
                  tool_use_id: 'call_1',
                  content: 'noon',
                  cache_control: { type: 'ephemeral' },
                },
              ],
            },
          ],
        },
      },
      grpc: {
        body: {
          messages: [
            { role: 'user', content: [{ text: 'Time?' }] },
            {
              role: 'assistant',
              content: [{ tool_call: { id: 'call_1', name: 'now', arguments: '{}' }, cache: '5m' }],
            },
            { role: 'tool', results: [{ call_id: 'call_1', content: [{ text: 'noon' }], cache: '5m' }] },
          ],
        },
      },
    },
    lost: {
      ...each(OPENAIS, { 'marks for a cache': CACHE_MARKS }),
      // Tools that were called are declared, and none may be called.
      ...each(CLAUDES, {
        'that there are no tools': {
          tools: [{ name: 'now', parameters: { type: 'object' } }],
          toolChoice: { kind: 'none' },
        },
      }),
    },
    golden: {
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Time?' }] },
          {
            role: 'model',
            parts: [
              {
                functionCall: { id: 'call_1', name: 'now', args: {} },
                thoughtSignature: 'skip_thought_signature_validator',
              },
            ],
          },
          {
            role: 'user',
            parts: [{ functionResponse: { id: 'call_1', name: 'now', response: { output: 'noon' } } }],
          },
        ],
      },
      bedrock: calledBefore([{ cachePoint: { type: 'default' } }]),
    },
    goldenOf: { chat: { bedrock: calledBefore([]) }, responses: { bedrock: calledBefore([]) } },
  },
  {
    name: 'a tool of a long name',
    words: { tools: [{ name: LONG_ID, parameters: NOTHING }] },
    spelled: {
      anthropic: { body: { tools: [{ name: LONG_ID, input_schema: NOTHING }] } },
      responses: { body: { tools: [{ type: 'function', name: LONG_ID, parameters: NOTHING }] } },
    },
    refused: each([...CHATS, 'bedrock'], ['tool name of more than 64 characters']),
    golden: {
      gemini: {
        contents: GEMINI_HI,
        tools: [{ functionDeclarations: [{ name: LONG_ID, parametersJsonSchema: NOTHING }] }],
      },
    },
  },
  {
    name: 'ids of calls that are long',
    words: { tools: [NOW], messages: called(LONG_ID) },
    spelled: {
      anthropic: {
        body: {
          tools: [{ name: 'now', input_schema: NOTHING }],
          messages: [
            { role: 'user', content: 'Time?' },
            { role: 'assistant', content: [{ type: 'tool_use', id: LONG_ID, name: 'now', input: {} }] },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: LONG_ID, content: 'noon' }] },
          ],
        },
      },
      grpc: {
        body: {
          tools: [{ name: 'now' }],
          messages: [
            { role: 'user', content: [{ text: 'Time?' }] },
            { role: 'assistant', content: [{ tool_call: { id: LONG_ID, name: 'now', arguments: '{}' } }] },
            { role: 'tool', results: [{ call_id: LONG_ID, content: [{ text: 'noon' }] }] },
          ],
        },
      },
    },
    lost: each(OPENAIS, { 'ids that are too long': { messages: called(SHORT_ID) } }),
    golden: {
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Time?' }] },
          {
            role: 'model',
            parts: [
              {
                functionCall: { id: LONG_ID, name: 'now', args: {} },
                thoughtSignature: 'skip_thought_signature_validator',
              },
            ],
          },
          {
            role: 'user',
            parts: [{ functionResponse: { id: LONG_ID, name: 'now', response: { output: 'noon' } } }],
          },
        ],
        tools: [{ functionDeclarations: [{ name: 'now', parametersJsonSchema: NOTHING }] }],
      },
      bedrock: {
        messages: [
          { role: 'user', content: [{ text: 'Time?' }] },
          { role: 'assistant', content: [{ toolUse: { toolUseId: SHORT_ID, name: 'now', input: {} } }] },
          { role: 'user', content: [{ toolResult: { toolUseId: SHORT_ID, content: [{ text: 'noon' }] } }] },
        ],
        toolConfig: { tools: [{ toolSpec: { name: 'now', inputSchema: { json: NOTHING } } }] },
      },
    },
  },
  {
    name: 'ids of calls that another vendor made up, and arguments that are no object',
    words: {
      tools: [NOW],
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'Time?' }] },
        {
          role: 'assistant',
          content: [{ kind: 'tool_call', id: 'functions.now:0', name: 'now', arguments: '[broken' }],
        },
        { role: 'tool', results: [{ callId: 'functions.now:0', content: [{ kind: 'text', text: 'noon' }] }] },
      ],
    },
    spelled: {
      responses: {
        body: {
          tools: [{ type: 'function', name: 'now' }],
          input: [
            { role: 'user', content: 'Time?' },
            { type: 'function_call', call_id: 'functions.now:0', name: 'now', arguments: '[broken' },
            { type: 'function_call_output', call_id: 'functions.now:0', output: 'noon' },
          ],
        },
      },
      chat: {
        body: {
          tools: [{ type: 'function', function: { name: 'now' } }],
          messages: [
            { role: 'user', content: 'Time?' },
            {
              role: 'assistant',
              tool_calls: [
                { id: 'functions.now:0', type: 'function', function: { name: 'now', arguments: '[broken' } },
              ],
            },
            { role: 'tool', tool_call_id: 'functions.now:0', content: 'noon' },
          ],
        },
      },
      grpc: {
        body: {
          tools: [{ name: 'now' }],
          messages: [
            { role: 'user', content: [{ text: 'Time?' }] },
            {
              role: 'assistant',
              content: [{ tool_call: { id: 'functions.now:0', name: 'now', arguments: '[broken' } }],
            },
            { role: 'tool', results: [{ call_id: 'functions.now:0', content: [{ text: 'noon' }] }] },
          ],
        },
      },
    },
    lost: each(CLAUDES, {
      'the spelling of ids and of arguments that are no object': {
        messages: [
          { role: 'user', content: [{ kind: 'text', text: 'Time?' }] },
          {
            role: 'assistant',
            content: [
              {
                kind: 'tool_call',
                id: 'functions_2enow_3a0',
                name: 'now',
                arguments: '{"INVALID_JSON":"[broken"}',
              },
            ],
          },
          { role: 'tool', results: [{ callId: 'functions_2enow_3a0', content: [{ kind: 'text', text: 'noon' }] }] },
        ],
      },
    }),
    golden: {
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Time?' }] },
          {
            role: 'model',
            parts: [
              {
                functionCall: { id: 'functions.now:0', name: 'now', args: { INVALID_JSON: '[broken' } },
                thoughtSignature: 'skip_thought_signature_validator',
              },
            ],
          },
          {
            role: 'user',
            parts: [{ functionResponse: { id: 'functions.now:0', name: 'now', response: { output: 'noon' } } }],
          },
        ],
        tools: [{ functionDeclarations: [{ name: 'now', parametersJsonSchema: NOTHING }] }],
      },
      bedrock: {
        messages: [
          { role: 'user', content: [{ text: 'Time?' }] },
          {
            role: 'assistant',
            content: [
              { toolUse: { toolUseId: 'functions_2enow_3a0', name: 'now', input: { INVALID_JSON: '[broken' } } },
            ],
          },
          {
            role: 'user',
            content: [{ toolResult: { toolUseId: 'functions_2enow_3a0', content: [{ text: 'noon' }] } }],
          },
        ],
        toolConfig: { tools: [{ toolSpec: { name: 'now', inputSchema: { json: NOTHING } } }] },
      },
    },
  },
];

function geminiHistory(second: string): JsonObject {
  return {
    contents: [
      { role: 'user', parts: [{ text: 'Weather in Rome and Oslo?' }] },
      {
        role: 'model',
        parts: [
          { text: 'I look.' },
          {
            functionCall: { id: 'call_1', name: 'get_weather', args: { city: 'Rome' } },
            thoughtSignature: 'skip_thought_signature_validator',
          },
          { functionCall: { id: 'call_2', name: 'get_weather', args: { city: 'Osló 🌧' } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'call_1', name: 'get_weather', response: { output: '21 °C' } } },
          { functionResponse: { id: 'call_2', name: 'get_weather', response: { [second]: 'no such city' } } },
        ],
      },
      { role: 'user', parts: [{ text: 'And?' }] },
    ],
    tools: GEMINI_TOOLS,
  };
}

function bedrockHistory(status: JsonObject): JsonObject {
  return {
    messages: [
      { role: 'user', content: [{ text: 'Weather in Rome and Oslo?' }] },
      {
        role: 'assistant',
        content: [
          { text: 'I look.' },
          { toolUse: { toolUseId: 'call_1', name: 'get_weather', input: { city: 'Rome' } } },
          { toolUse: { toolUseId: 'call_2', name: 'get_weather', input: { city: 'Osló 🌧' } } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'call_1', content: [{ text: '21 °C' }] } },
          { toolResult: { toolUseId: 'call_2', content: [{ text: 'no such city' }], ...status } },
          { text: 'And?' },
        ],
      },
    ],
    toolConfig: { tools: BEDROCK_TOOLS },
  };
}

function calledBefore(mark: readonly JsonObject[]): JsonObject {
  return {
    messages: [
      { role: 'user', content: [{ text: 'Time?' }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'call_1', name: 'now', input: {} } }, ...mark] },
      { role: 'user', content: [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'noon' }] } }, ...mark] },
    ],
    toolConfig: { tools: [{ toolSpec: { name: 'now', inputSchema: { json: { type: 'object' } } } }] },
    additionalModelRequestFields: { tool_choice: { type: 'none' } },
  };
}

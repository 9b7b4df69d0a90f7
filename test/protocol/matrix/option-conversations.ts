/** Conversations that say how to answer: format, thought, sampling, and what has no word. Data only. */
import { CLAUDES, type Conversation, each, OPENAIS, REASONING, SCHEMA_DESCRIPTION } from './conversation.ts';

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const GEMINI_HI = [{ role: 'user', parts: [{ text: 'Hi' }] }];
const BEDROCK_HI = [{ role: 'user', content: [{ text: 'Hi' }] }];

export const OPTION_CONVERSATIONS: readonly Conversation[] = [
  {
    name: 'an answer in JSON',
    words: { output: { kind: 'json' } },
    spelled: {
      responses: { body: { text: { format: { type: 'json_object' } } } },
      chat: { body: { response_format: { type: 'json_object' } } },
      grpc: { body: { output: { kind: 'json' } } },
    },
    refused: { ...each(CLAUDES, ['JSON output without a schema']), bedrock: ['a JSON answer without a schema'] },
    golden: { gemini: { contents: GEMINI_HI, generationConfig: { responseMimeType: 'application/json' } } },
  },
  {
    name: 'an answer that fits a schema',
    words: { output: { kind: 'json_schema', name: 'output', schema: SCHEMA } },
    spelled: {
      responses: { body: { text: { format: { type: 'json_schema', name: 'output', schema: SCHEMA } } } },
      chat: { body: { response_format: { type: 'json_schema', json_schema: { name: 'output', schema: SCHEMA } } } },
      anthropic: { body: { output_config: { format: { type: 'json_schema', schema: SCHEMA } } } },
      grpc: { body: { output: { kind: 'json_schema', name: 'output', schema: JSON.stringify(SCHEMA) } } },
    },
    refused: { deepseek: ['output with a JSON Schema'] },
    golden: {
      gemini: {
        contents: GEMINI_HI,
        generationConfig: { responseMimeType: 'application/json', responseJsonSchema: SCHEMA },
      },
      bedrock: {
        messages: BEDROCK_HI,
        outputConfig: {
          textFormat: {
            type: 'json_schema',
            structure: { jsonSchema: { name: 'output', schema: JSON.stringify(SCHEMA) } },
          },
        },
      },
    },
  },
  {
    name: 'an answer that fits a schema strictly, with a description',
    words: {
      output: { kind: 'json_schema', name: 'place', schema: SCHEMA, description: 'A place', strict: true },
    },
    spelled: {
      responses: {
        body: {
          text: {
            format: { type: 'json_schema', name: 'place', schema: SCHEMA, description: 'A place', strict: true },
          },
        },
      },
      chat: {
        body: {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'place', schema: SCHEMA, description: 'A place', strict: true },
          },
        },
      },
      grpc: {
        body: {
          output: {
            kind: 'json_schema',
            name: 'place',
            schema: JSON.stringify(SCHEMA),
            description: 'A place',
            strict: true,
          },
        },
      },
    },
    refused: { deepseek: ['output with a JSON Schema'] },
    lost: each(CLAUDES, { 'name and description of the schema, which is always strict': SCHEMA_DESCRIPTION }),
    golden: {
      gemini: {
        contents: GEMINI_HI,
        generationConfig: { responseMimeType: 'application/json', responseJsonSchema: SCHEMA },
      },
      bedrock: {
        messages: BEDROCK_HI,
        outputConfig: {
          textFormat: {
            type: 'json_schema',
            structure: {
              jsonSchema: { name: 'place', schema: JSON.stringify(SCHEMA), description: 'A place' },
            },
          },
        },
      },
    },
  },
  {
    name: 'an effort of thought',
    words: { reasoning: { effort: 'high' } },
    spelled: {
      responses: { body: { reasoning: { effort: 'high' } } },
      chat: { body: { reasoning_effort: 'high' } },
      anthropic: { body: { output_config: { effort: 'high' } } },
      grpc: { body: { reasoning: { effort: 'high' } } },
    },
    refused: { deepseek: ['reasoning effort'] },
    lost: {
      // Half of the 20,000 tokens that may be said.
      anthropic: { 'effort, which is a number of tokens': { reasoning: { budgetTokens: 10_000 } } },
      'claude-4-6': { 'that adaptive thought was not said': { reasoning: { effort: 'high', adaptive: true } } },
    },
    golden: {
      gemini: { contents: GEMINI_HI, generationConfig: { thinkingConfig: { thinkingLevel: 'high' } } },
      bedrock: {
        messages: BEDROCK_HI,
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 10_000 } },
      },
    },
  },
  {
    name: 'no thought',
    words: { reasoning: { effort: 'none' } },
    spelled: {
      responses: { body: { reasoning: { effort: 'none' } } },
      chat: { body: { reasoning_effort: 'none' } },
      anthropic: { body: { thinking: { type: 'disabled' } } },
      grpc: { body: { reasoning: { effort: 'none' } } },
    },
    refused: { gemini: ['no reasoning at all'] },
    lost: { deepseek: { 'that there is no thought, which it does not give': REASONING } },
    golden: {
      bedrock: { messages: BEDROCK_HI, additionalModelRequestFields: { thinking: { type: 'disabled' } } },
    },
  },
  {
    name: 'a number of tokens of thought, which are shown',
    words: { reasoning: { budgetTokens: 4096, show: true } },
    spelled: {
      anthropic: { body: { thinking: { type: 'enabled', budget_tokens: 4096, display: 'summarized' } } },
      grpc: { body: { reasoning: { budget_tokens: 4096, show: true } } },
    },
    refused: { deepseek: ['reasoning effort'] },
    lost: {
      ...each(['openai', 'compatible', 'vllm', 'thoughtful'], {
        'the number of tokens, which is an effort': { reasoning: { effort: 'medium' } },
      }),
      responses: {
        'the number of tokens, which is an effort': { reasoning: { effort: 'medium', show: true } },
      },
      'claude-4-6': {
        'the number of tokens, which is an effort': { reasoning: { effort: 'medium', adaptive: true, show: true } },
      },
    },
    golden: {
      gemini: {
        contents: GEMINI_HI,
        generationConfig: { thinkingConfig: { thinkingBudget: 4096, includeThoughts: true } },
      },
      bedrock: {
        messages: BEDROCK_HI,
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 4096, display: 'summarized' } },
      },
    },
  },
  {
    name: 'as much thought as the model likes',
    words: { reasoning: { adaptive: true } },
    spelled: {
      anthropic: { body: { thinking: { type: 'adaptive' } } },
      grpc: { body: { reasoning: { adaptive: true } } },
    },
    lost: {
      ...each(OPENAIS, { 'that the model decides, as it does unasked': REASONING }),
      anthropic: { 'that the model decides': { reasoning: { budgetTokens: 8192 } } },
    },
    golden: {
      gemini: { contents: GEMINI_HI },
      bedrock: {
        messages: BEDROCK_HI,
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 8192 } },
      },
    },
  },
  {
    name: 'how the words are drawn, and where to stop',
    words: { sampling: { temperature: 0.7, topP: 0.9, stop: ['END', '\n\n'] } },
    spelled: {
      chat: { body: { temperature: 0.7, top_p: 0.9, stop: ['END', '\n\n'] } },
      anthropic: { body: { temperature: 0.7, top_p: 0.9, stop_sequences: ['END', '\n\n'] } },
      grpc: { body: { sampling: { temperature: 0.7, top_p: 0.9, stop: ['END', '\n\n'] } } },
    },
    refused: { responses: ['stop'] },
    golden: {
      gemini: {
        contents: GEMINI_HI,
        generationConfig: { temperature: 0.7, topP: 0.9, stopSequences: ['END', '\n\n'] },
      },
      bedrock: {
        messages: BEDROCK_HI,
        inferenceConfig: { temperature: 0.7, topP: 0.9, stopSequences: ['END', '\n\n'] },
        additionalModelResponseFieldPaths: ['/stop_sequence'],
      },
    },
  },
  {
    name: 'more places to stop at than most take',
    words: { sampling: { stop: ['a', 'b', 'c', 'd', 'e', 'f'] } },
    spelled: {
      chat: { body: { stop: ['a', 'b', 'c', 'd', 'e', 'f'] } },
      anthropic: { body: { stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] } },
      grpc: { body: { sampling: { stop: ['a', 'b', 'c', 'd', 'e', 'f'] } } },
    },
    refused: {
      ...each(['openai', 'thoughtful'], ['more than 4 stop sequences']),
      responses: ['stop'],
      gemini: ['more than 5 stop sequences'],
    },
    golden: {
      bedrock: {
        messages: BEDROCK_HI,
        inferenceConfig: { stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] },
        additionalModelResponseFieldPaths: ['/stop_sequence'],
      },
    },
  },
  {
    name: 'from how many words is drawn',
    words: { sampling: { topK: 40 } },
    spelled: {
      chat: { body: { top_k: 40 } },
      anthropic: { body: { top_k: 40 } },
      grpc: { body: { sampling: { top_k: 40 } } },
    },
    refused: each(['openai', 'compatible', 'deepseek', 'thoughtful', 'responses'], ['top_k']),
    golden: {
      gemini: { contents: GEMINI_HI, generationConfig: { topK: 40 } },
      bedrock: { messages: BEDROCK_HI, additionalModelRequestFields: { top_k: 40 } },
    },
  },
  {
    name: 'penalties, a seed, and heat that not everybody bears',
    words: { sampling: { temperature: 1.5, frequencyPenalty: 0.5, presencePenalty: -0.5, seed: 7 } },
    spelled: {
      chat: { body: { temperature: 1.5, frequency_penalty: 0.5, presence_penalty: -0.5, seed: 7 } },
      grpc: {
        body: { sampling: { temperature: 1.5, frequency_penalty: 0.5, presence_penalty: -0.5, seed: 7 } },
      },
    },
    refused: {
      ...each(CLAUDES, ['frequency_penalty', 'presence_penalty', 'seed', 'temperature above 1']),
      responses: ['seed', 'frequency_penalty', 'presence_penalty'],
      bedrock: ['temperature above 1', 'seed', 'frequency_penalty', 'presence_penalty'],
    },
    golden: {
      gemini: {
        contents: GEMINI_HI,
        generationConfig: { temperature: 1.5, frequencyPenalty: 0.5, presencePenalty: -0.5, seed: 7 },
      },
    },
  },
  {
    name: 'what contradicts thought at one vendor',
    words: {
      reasoning: { effort: 'low' },
      sampling: { temperature: 0.2, topP: 0.5, topK: 3 },
      tools: [{ name: 'f', parameters: { type: 'object' } }],
      toolChoice: { kind: 'required' },
    },
    spelled: {
      grpc: {
        body: {
          reasoning: { effort: 'low' },
          sampling: { temperature: 0.2, top_p: 0.5, top_k: 3 },
          tools: [{ name: 'f', parameters: '{"type":"object"}' }],
          tool_choice: { kind: 'required' },
        },
      },
    },
    refused: {
      ...each(['openai', 'compatible', 'thoughtful', 'responses'], ['top_k']),
      deepseek: ['top_k', 'reasoning effort'],
      ...each(
        [...CLAUDES, 'bedrock'],
        [
          'temperature beside reasoning',
          'top_p below 0.95 beside reasoning',
          'top_k beside reasoning',
          'forced tool choice beside reasoning',
        ],
      ),
    },
    golden: {
      gemini: {
        contents: GEMINI_HI,
        tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY' } },
        generationConfig: { temperature: 0.2, topP: 0.5, topK: 3, thinkingConfig: { thinkingLevel: 'low' } },
      },
    },
  },
  {
    name: 'what has no word outside its own protocol',
    words: {},
    spelled: {
      chat: {
        body: { logit_bias: { 50256: -100 }, n: 2, audio: { voice: 'alloy', format: 'wav' } },
        unkept: ['logit_bias', 'n', 'audio'],
      },
      responses: {
        body: {
          previous_response_id: 'resp_1',
          max_tool_calls: 3,
          tools: [{ type: 'web_search' }],
          text: { verbosity: 'low' },
        },
        unkept: ['previous_response_id', 'max_tool_calls', 'tools[0] (web_search)', 'text.verbosity'],
      },
      anthropic: {
        body: { container: 'c-1', speed: 'fast', tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
        unkept: ['container', 'speed (fast)', 'tools[0] (web_search_20250305)'],
      },
    },
    golden: {},
  },
  {
    name: 'what changes nothing elsewhere',
    words: {},
    spelled: {
      responses: {
        body: { store: false, metadata: { a: 'b' }, prompt_cache_key: 'k', truncation: 'auto', background: false },
      },
      chat: { body: { store: true, metadata: { a: 'b' }, prompt_cache_key: 'k', logit_bias: {}, n: 1 } },
      anthropic: { body: { service_tier: 'auto', stop_sequences: [], cache_control: { type: 'ephemeral' } } },
    },
    golden: { gemini: { contents: GEMINI_HI }, bedrock: { messages: BEDROCK_HI } },
  },
];

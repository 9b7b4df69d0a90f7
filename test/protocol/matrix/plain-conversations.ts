/** Conversations of words alone. Data only. */
import {
  CACHE_MARKS,
  CLAUDES,
  type Conversation,
  each,
  OPENAIS,
  PLACE_OF_INSTRUCTIONS,
  THOUGHTS,
} from './conversation.ts';
import type { RequestWords } from './words.ts';

const SIGNED = { kind: 'reasoning', text: 'Rome.', signature: 'c2ln' } as const;
const REDACTED = { kind: 'reasoning', text: '', redacted: 'ZW5j' } as const;
const user = (text: string) => ({ role: 'user', content: [{ kind: 'text', text }] }) as const;
const assistant = (text: string) => ({ role: 'assistant', content: [{ kind: 'text', text }] }) as const;
const HI = [{ role: 'user', parts: [{ text: 'Hi' }] }];
const HI_BEDROCK = [{ role: 'user', content: [{ text: 'Hi' }] }];
const HISTORY = [
  { role: 'user', content: 'Capital of Italy?' },
  { role: 'assistant', content: 'Rome.' },
  { role: 'user', content: 'Of 日本 🗾?' },
];

const FOREIGN: RequestWords['messages'] = [
  user('Capital of Italy?'),
  {
    role: 'assistant',
    content: [
      { kind: 'reasoning', text: 'A', signature: 'openai:ZW5j' },
      { kind: 'reasoning', text: 'B', signature: 'gemini:c2ln' },
      { kind: 'text', text: 'Rome.' },
      { kind: 'reasoning', text: 'C' },
    ],
  },
  user('Thanks'),
];
const UNTHOUGHT_GEMINI = {
  contents: [
    { role: 'user', parts: [{ text: 'Capital of Italy?' }] },
    { role: 'model', parts: [{ text: 'Rome.' }] },
    { role: 'user', parts: [{ text: 'Thanks' }] },
  ],
};
const UNTHOUGHT = {
  messages: [
    { role: 'user', content: [{ text: 'Capital of Italy?' }] },
    { role: 'assistant', content: [{ text: 'Rome.' }] },
    { role: 'user', content: [{ text: 'Thanks' }] },
  ],
};

export const PLAIN_CONVERSATIONS: readonly Conversation[] = [
  {
    name: 'a plain question',
    words: {},
    spelled: {
      responses: { body: {} },
      chat: { body: {} },
      anthropic: { body: {} },
      grpc: { body: {} },
    },
    golden: { gemini: { contents: HI }, bedrock: { messages: HI_BEDROCK } },
  },
  {
    name: 'a question whose answer is streamed, of a known user',
    words: { stream: true, user: 'u-1' },
    spelled: {
      responses: { body: { stream: true, safety_identifier: 'u-1' } },
      chat: { body: { stream: true, user: 'u-1' } },
      anthropic: { body: { stream: true, metadata: { user_id: 'u-1' } } },
      grpc: { body: { stream: true, user: 'u-1' } },
    },
    golden: { gemini: { contents: HI }, bedrock: { messages: HI_BEDROCK } },
  },
  {
    name: 'instructions and several turns',
    words: {
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
        user('Capital of Italy?'),
        assistant('Rome.'),
        user('Of 日本 🗾?'),
      ],
    },
    spelled: {
      responses: { body: { instructions: 'Be brief.', input: HISTORY } },
      chat: { body: { messages: [{ role: 'system', content: 'Be brief.' }, ...HISTORY] } },
      anthropic: { body: { system: 'Be brief.', messages: HISTORY } },
      grpc: {
        body: {
          messages: [
            { role: 'system', content: [{ text: 'Be brief.' }] },
            ...HISTORY.map(({ role, content }) => ({ role, content: [{ text: content }] })),
          ],
        },
      },
    },
    golden: {
      gemini: {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'Capital of Italy?' }] },
          { role: 'model', parts: [{ text: 'Rome.' }] },
          { role: 'user', parts: [{ text: 'Of 日本 🗾?' }] },
        ],
      },
      bedrock: {
        system: [{ text: 'Be brief.' }],
        messages: HISTORY.map(({ role, content }) => ({ role, content: [{ text: content }] })),
      },
    },
  },
  {
    name: 'instructions alone',
    words: { messages: [{ role: 'system', content: [{ kind: 'text', text: 'Say hello.' }] }] },
    spelled: {
      chat: { body: { messages: [{ role: 'developer', content: 'Say hello.' }] } },
      grpc: { body: { messages: [{ role: 'system', content: [{ text: 'Say hello.' }] }] } },
    },
    lost: {
      ...each(CLAUDES, { 'that they are instructions': { messages: [user('Say hello.')] } }),
      responses: {
        'that nobody asked': {
          messages: [
            { role: 'system', content: [{ kind: 'text', text: 'Say hello.' }] },
            { role: 'user', content: [] },
          ],
        },
      },
    },
    golden: {
      gemini: { contents: [{ role: 'user', parts: [{ text: 'Say hello.' }] }] },
      bedrock: { messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }] },
    },
  },
  {
    name: 'a thought that was told under an id of our own',
    words: {
      messages: [
        user('Capital of Italy?'),
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'A' },
            { kind: 'text', text: 'Rome.' },
          ],
        },
        user('Thanks'),
      ],
    },
    lostSame: { 'a thought that the vendor does not have': THOUGHTS },
    spelled: {
      responses: {
        body: {
          input: [
            { role: 'user', content: 'Capital of Italy?' },
            { type: 'reasoning', id: 'rs_answer-1_0', summary: [{ type: 'summary_text', text: 'A' }] },
            { role: 'assistant', content: 'Rome.' },
            { role: 'user', content: 'Thanks' },
          ],
        },
      },
    },
    lost: {
      ...each(['openai', 'compatible', 'vllm', 'deepseek', ...CLAUDES], { thoughts: THOUGHTS }),
    },
    golden: {
      gemini: UNTHOUGHT_GEMINI,
      bedrock: UNTHOUGHT,
    },
  },
  {
    name: 'instructions in the middle',
    words: {
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
        user('Hi'),
        assistant('Hello.'),
        { role: 'system', content: [{ kind: 'text', text: 'Be kind.' }] },
        user('Bye'),
      ],
    },
    spelled: {
      responses: {
        body: {
          input: [
            { role: 'developer', content: 'Be brief.' },
            { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
            {
              type: 'message',
              id: 'msg_1',
              status: 'completed',
              role: 'assistant',
              content: [{ type: 'output_text', text: 'Hello.', annotations: [] }],
            },
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'Bye' },
          ],
        },
      },
      chat: {
        body: {
          messages: [
            { role: 'developer', content: 'Be brief.' },
            { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
            { role: 'assistant', content: 'Hello.' },
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'Bye' },
          ],
        },
      },
      anthropic: {
        body: {
          system: [{ type: 'text', text: 'Be brief.' }],
          messages: [
            { role: 'user', content: 'Hi' },
            { role: 'assistant', content: 'Hello.' },
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'Bye' },
          ],
        },
      },
      grpc: {
        body: {
          messages: [
            { role: 'system', content: [{ text: 'Be brief.' }] },
            { role: 'user', content: [{ text: 'Hi' }] },
            { role: 'assistant', content: [{ text: 'Hello.' }] },
            { role: 'system', content: [{ text: 'Be kind.' }] },
            { role: 'user', content: [{ text: 'Bye' }] },
          ],
        },
      },
    },
    lost: each(CLAUDES, { 'where instructions stand': PLACE_OF_INSTRUCTIONS }),
    golden: {
      gemini: {
        systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'Hi' }] },
          { role: 'model', parts: [{ text: 'Hello.' }] },
          { role: 'user', parts: [{ text: 'Bye' }] },
        ],
      },
      bedrock: {
        system: [{ text: 'Be brief.' }, { text: 'Be kind.' }],
        messages: [
          { role: 'user', content: [{ text: 'Hi' }] },
          { role: 'assistant', content: [{ text: 'Hello.' }] },
          { role: 'user', content: [{ text: 'Bye' }] },
        ],
      },
    },
  },
  {
    name: 'marks for a cache',
    words: {
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'A long book.', cache: { lifetime: '1h' } }] },
        { role: 'user', content: [{ kind: 'text', text: 'Hi', cache: { lifetime: '5m' } }] },
      ],
      tools: [{ name: 'f', parameters: { type: 'object' }, cache: { lifetime: '5m' } }],
    },
    spelled: {
      responses: {
        body: {
          input: [
            {
              role: 'system',
              content: [
                { type: 'input_text', text: 'A long book.', prompt_cache_breakpoint: { mode: 'explicit', ttl: '1h' } },
              ],
            },
            {
              role: 'user',
              content: [{ type: 'input_text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } }],
            },
          ],
          tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }],
        },
        words: { tools: [{ name: 'f', parameters: { type: 'object' } }] },
      },
      chat: {
        body: {
          messages: [
            {
              role: 'system',
              content: [{ type: 'text', text: 'A long book.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
            },
            { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] },
          ],
          tools: [
            {
              type: 'function',
              function: { name: 'f', parameters: { type: 'object' } },
              cache_control: { type: 'ephemeral' },
            },
          ],
        },
      },
      anthropic: {
        body: {
          system: [{ type: 'text', text: 'A long book.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
          messages: [
            { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', ttl: '5m' } }] },
          ],
          tools: [{ name: 'f', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } }],
        },
      },
      grpc: {
        body: {
          messages: [
            { role: 'system', content: [{ text: 'A long book.', cache: '1h' }] },
            { role: 'user', content: [{ text: 'Hi', cache: '5m' }] },
          ],
          tools: [{ name: 'f', parameters: '{"type":"object"}', cache: '5m' }],
        },
      },
    },
    lost: each(OPENAIS, { 'marks for a cache': CACHE_MARKS }),
    goldenOf: {
      responses: {
        bedrock: {
          system: [{ text: 'A long book.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
          messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }],
          toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] },
        },
      },
    },
    golden: {
      gemini: {
        systemInstruction: { parts: [{ text: 'A long book.' }] },
        contents: HI,
        tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
      },
      bedrock: {
        system: [{ text: 'A long book.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
        messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }],
        toolConfig: {
          tools: [
            { toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } },
            { cachePoint: { type: 'default' } },
          ],
        },
      },
    },
  },
  {
    name: 'thoughts that come back, signed and encrypted',
    words: {
      messages: [
        user('Capital of Italy?'),
        { role: 'assistant', content: [SIGNED, REDACTED, { kind: 'text', text: 'Rome.' }] },
        user('Thanks'),
      ],
    },
    spelled: {
      responses: {
        body: {
          input: [
            { role: 'user', content: 'Capital of Italy?' },
            {
              type: 'reasoning',
              id: 'rs_1',
              summary: [{ type: 'summary_text', text: 'Rome.' }],
              encrypted_content: 'ZW5j',
            },
            { role: 'assistant', content: 'Rome.' },
            { role: 'user', content: 'Thanks' },
          ],
        },
        words: {
          messages: [
            user('Capital of Italy?'),
            {
              role: 'assistant',
              content: [
                { kind: 'reasoning', text: 'Rome.', signature: 'openai:ZW5j' },
                { kind: 'text', text: 'Rome.' },
              ],
            },
            user('Thanks'),
          ],
        },
      },
      chat: {
        body: {
          messages: [
            { role: 'user', content: 'Capital of Italy?' },
            { role: 'assistant', reasoning_content: 'Rome.', content: 'Rome.' },
            { role: 'user', content: 'Thanks' },
          ],
        },
        words: {
          messages: [
            user('Capital of Italy?'),
            {
              role: 'assistant',
              content: [
                { kind: 'reasoning', text: 'Rome.' },
                { kind: 'text', text: 'Rome.' },
              ],
            },
            user('Thanks'),
          ],
        },
      },
      anthropic: {
        body: {
          messages: [
            { role: 'user', content: 'Capital of Italy?' },
            {
              role: 'assistant',
              content: [
                { type: 'thinking', thinking: 'Rome.', signature: 'c2ln' },
                { type: 'redacted_thinking', data: 'ZW5j' },
                { type: 'text', text: 'Rome.' },
              ],
            },
            { role: 'user', content: 'Thanks' },
          ],
        },
      },
      grpc: {
        body: {
          messages: [
            { role: 'user', content: [{ text: 'Capital of Italy?' }] },
            {
              role: 'assistant',
              content: [
                { reasoning: { text: 'Rome.', signature: 'c2ln' } },
                { reasoning: { text: '', redacted: 'ZW5j' } },
                { text: 'Rome.' },
              ],
            },
            { role: 'user', content: [{ text: 'Thanks' }] },
          ],
        },
      },
    },
    lost: {
      ...each(['openai', 'compatible', 'vllm', 'deepseek', 'responses'], { thoughts: THOUGHTS }),
      thoughtful: {
        'signatures and what is encrypted': {
          messages: [
            user('Capital of Italy?'),
            {
              role: 'assistant',
              content: [
                { kind: 'reasoning', text: 'Rome.' },
                { kind: 'text', text: 'Rome.' },
              ],
            },
            user('Thanks'),
          ],
        },
      },
    },
    lostOf: {
      responses: each(CLAUDES, { 'thoughts that another vendor encrypted': THOUGHTS }),
      chat: each(CLAUDES, { 'thoughts that nobody signed': THOUGHTS }),
    },
    golden: {
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Capital of Italy?' }] },
          { role: 'model', parts: [{ text: 'Rome.' }] },
          { role: 'user', parts: [{ text: 'Thanks' }] },
        ],
      },
      bedrock: {
        messages: [
          { role: 'user', content: [{ text: 'Capital of Italy?' }] },
          {
            role: 'assistant',
            content: [
              { reasoningContent: { reasoningText: { text: 'Rome.', signature: 'c2ln' } } },
              { reasoningContent: { redactedContent: 'ZW5j' } },
              { text: 'Rome.' },
            ],
          },
          { role: 'user', content: [{ text: 'Thanks' }] },
        ],
      },
    },
    goldenOf: {
      responses: { bedrock: UNTHOUGHT },
      chat: { bedrock: UNTHOUGHT },
    },
  },
  {
    name: 'thoughts that other vendors signed, or nobody',
    words: { messages: FOREIGN },
    lostSame: { 'thoughts that Anthropic did not sign': THOUGHTS },
    spelled: {
      anthropic: {
        body: {
          messages: [
            { role: 'user', content: 'Capital of Italy?' },
            {
              role: 'assistant',
              content: [
                { type: 'thinking', thinking: 'A', signature: 'openai:ZW5j' },
                { type: 'thinking', thinking: 'B', signature: 'gemini:c2ln' },
                { type: 'text', text: 'Rome.' },
                { type: 'thinking', thinking: 'C', signature: '' },
              ],
            },
            { role: 'user', content: 'Thanks' },
          ],
        },
      },
      grpc: {
        body: {
          messages: [
            { role: 'user', content: [{ text: 'Capital of Italy?' }] },
            {
              role: 'assistant',
              content: [
                { reasoning: { text: 'A', signature: 'openai:ZW5j' } },
                { reasoning: { text: 'B', signature: 'gemini:c2ln' } },
                { text: 'Rome.' },
                { reasoning: { text: 'C' } },
              ],
            },
            { role: 'user', content: [{ text: 'Thanks' }] },
          ],
        },
      },
    },
    lost: {
      ...each(['openai', 'compatible', 'vllm', 'deepseek'], { thoughts: THOUGHTS }),
      thoughtful: {
        'signatures and the order of parts': {
          messages: [
            user('Capital of Italy?'),
            {
              role: 'assistant',
              content: [
                { kind: 'reasoning', text: 'ABC' },
                { kind: 'text', text: 'Rome.' },
              ],
            },
            user('Thanks'),
          ],
        },
      },
      responses: {
        'thoughts that OpenAI did not encrypt': {
          messages: [
            user('Capital of Italy?'),
            {
              role: 'assistant',
              content: [
                { kind: 'reasoning', text: 'A', signature: 'openai:ZW5j' },
                { kind: 'text', text: 'Rome.' },
              ],
            },
            user('Thanks'),
          ],
        },
      },
      ...each(CLAUDES, { 'thoughts that Anthropic did not sign': THOUGHTS }),
    },
    golden: {
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Capital of Italy?' }] },
          { role: 'model', parts: [{ text: 'Rome.', thoughtSignature: 'c2ln' }] },
          { role: 'user', parts: [{ text: 'Thanks' }] },
        ],
      },
      bedrock: UNTHOUGHT,
    },
  },
  {
    name: 'a refusal in the history',
    words: {
      messages: [user('Bomb?'), { role: 'assistant', content: [{ kind: 'refusal', text: 'No.' }] }, user('Cake?')],
    },
    spelled: {
      responses: {
        body: {
          input: [
            { role: 'user', content: 'Bomb?' },
            { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
            { role: 'user', content: 'Cake?' },
          ],
        },
      },
      chat: {
        body: {
          messages: [
            { role: 'user', content: 'Bomb?' },
            { role: 'assistant', content: null, refusal: 'No.' },
            { role: 'user', content: 'Cake?' },
          ],
        },
      },
      grpc: {
        body: {
          messages: [
            { role: 'user', content: [{ text: 'Bomb?' }] },
            { role: 'assistant', content: [{ refusal: 'No.' }] },
            { role: 'user', content: [{ text: 'Cake?' }] },
          ],
        },
      },
    },
    lost: each(CLAUDES, { 'that it was a refusal': { messages: [user('Bomb?'), assistant('No.'), user('Cake?')] } }),
    golden: {
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Bomb?' }] },
          { role: 'model', parts: [{ text: 'No.' }] },
          { role: 'user', parts: [{ text: 'Cake?' }] },
        ],
      },
      bedrock: {
        messages: [
          { role: 'user', content: [{ text: 'Bomb?' }] },
          { role: 'assistant', content: [{ text: 'No.' }] },
          { role: 'user', content: [{ text: 'Cake?' }] },
        ],
      },
    },
  },
];

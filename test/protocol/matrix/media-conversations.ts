/** Conversations with images, documents and sound. Data only. */
import type { JsonObject } from '../../../src/core/json.ts';
import { CHATS, CLAUDES, type Conversation, each, IMAGE_DETAIL } from './conversation.ts';
import { bytes } from './grpc-front.ts';

const PNG = 'iVBORw0KGgo=';
const PDF = 'JVBERi0xLjQK';
const WAV = 'UklGRiQAAABX';
const NOTE = Buffer.from('Größe: 3 m').toString('base64');
const URL = 'https://images.example/cat.png';
const PDF_URL = 'https://files.example/a.pdf';

const responses = (...content: JsonObject[]): JsonObject => ({ input: [{ role: 'user', content }] });
const chat = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });
const anthropic = chat;
const grpc = chat;
const gemini = (...parts: JsonObject[]): JsonObject => ({ contents: [{ role: 'user', parts }] });
const bedrock = chat;

const NO_FILES = ['compatible', 'vllm', 'deepseek'] as const;

export const MEDIA_CONVERSATIONS: readonly Conversation[] = [
  {
    name: 'an image beside a question',
    words: {
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'text', text: 'What is it?' },
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG } },
          ],
        },
      ],
    },
    spelled: {
      responses: {
        body: responses(
          { type: 'input_text', text: 'What is it?' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
        ),
      },
      chat: {
        body: chat(
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
        ),
      },
      anthropic: {
        body: anthropic(
          { type: 'text', text: 'What is it?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
        ),
      },
      grpc: { body: grpc({ text: 'What is it?' }, { image: { data: bytes(PNG), media_type: 'image/png' } }) },
    },
    golden: {
      gemini: gemini({ text: 'What is it?' }, { inlineData: { mimeType: 'image/png', data: PNG } }),
      bedrock: bedrock({ text: 'What is it?' }, { image: { format: 'png', source: { bytes: PNG } } }),
    },
  },
  {
    name: 'an image somewhere on the web',
    words: { messages: [{ role: 'user', content: [{ kind: 'image', source: { kind: 'url', url: URL } }] }] },
    spelled: {
      responses: { body: responses({ type: 'input_image', image_url: URL }) },
      chat: { body: chat({ type: 'image_url', image_url: { url: URL } }) },
      anthropic: { body: anthropic({ type: 'image', source: { type: 'url', url: URL } }) },
      grpc: { body: grpc({ image: { url: URL } }) },
    },
    refused: { bedrock: ['image by URL'] },
    golden: { gemini: gemini({ fileData: { mimeType: 'image/png', fileUri: URL } }) },
  },
  {
    name: 'an image that is to be looked at closely',
    words: {
      messages: [{ role: 'user', content: [{ kind: 'image', source: { kind: 'url', url: URL }, detail: 'high' }] }],
    },
    spelled: {
      responses: { body: responses({ type: 'input_image', image_url: URL, detail: 'high' }) },
      chat: { body: chat({ type: 'image_url', image_url: { url: URL, detail: 'high' } }) },
      grpc: { body: grpc({ image: { url: URL, detail: 'high' } }) },
    },
    refused: { bedrock: ['image by URL'] },
    lost: each(CLAUDES, { 'how closely to look': IMAGE_DETAIL }),
    golden: { gemini: gemini({ fileData: { mimeType: 'image/png', fileUri: URL } }) },
  },
  {
    name: 'a PDF of a name',
    words: {
      messages: [
        {
          role: 'user',
          content: [
            {
              kind: 'document',
              source: { kind: 'base64', mediaType: 'application/pdf', data: PDF },
              name: 'Report 7.pdf',
            },
          ],
        },
      ],
    },
    spelled: {
      responses: {
        body: responses({
          type: 'input_file',
          filename: 'Report 7.pdf',
          file_data: `data:application/pdf;base64,${PDF}`,
        }),
      },
      chat: {
        body: chat({
          type: 'file',
          file: { filename: 'Report 7.pdf', file_data: `data:application/pdf;base64,${PDF}` },
        }),
      },
      anthropic: {
        body: anthropic({
          type: 'document',
          title: 'Report 7.pdf',
          source: { type: 'base64', media_type: 'application/pdf', data: PDF },
        }),
      },
      grpc: { body: grpc({ document: { name: 'Report 7.pdf', media_type: 'application/pdf', data: bytes(PDF) } }) },
    },
    refused: each(NO_FILES, ['documents']),
    golden: {
      gemini: gemini({ inlineData: { mimeType: 'application/pdf', data: PDF } }),
      bedrock: bedrock({ document: { format: 'pdf', name: 'Report 7 pdf', source: { bytes: PDF } } }),
    },
  },
  {
    name: 'a document somewhere on the web',
    words: { messages: [{ role: 'user', content: [{ kind: 'document', source: { kind: 'url', url: PDF_URL } }] }] },
    spelled: {
      responses: { body: responses({ type: 'input_file', file_url: PDF_URL }) },
      anthropic: { body: anthropic({ type: 'document', source: { type: 'url', url: PDF_URL } }) },
      grpc: { body: grpc({ document: { url: PDF_URL } }) },
    },
    refused: {
      ...each(['openai', 'thoughtful'], ['document by URL']),
      ...each(NO_FILES, ['documents']),
      bedrock: ['document by URL'],
    },
    golden: { gemini: gemini({ fileData: { mimeType: 'application/pdf', fileUri: PDF_URL } }) },
  },
  {
    name: 'a document of plain text',
    words: {
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'document', source: { kind: 'base64', mediaType: 'text/plain', data: NOTE }, name: 'note' },
          ],
        },
      ],
    },
    spelled: {
      responses: {
        body: responses({ type: 'input_file', filename: 'note', file_data: `data:text/plain;base64,${NOTE}` }),
      },
      chat: {
        body: chat({ type: 'file', file: { filename: 'note', file_data: `data:text/plain;base64,${NOTE}` } }),
      },
      anthropic: {
        body: anthropic({
          type: 'document',
          title: 'note',
          source: { type: 'text', media_type: 'text/plain', data: 'Größe: 3 m' },
        }),
      },
      grpc: { body: grpc({ document: { name: 'note', media_type: 'text/plain', data: bytes(NOTE) } }) },
    },
    refused: each(NO_FILES, ['documents']),
    golden: {
      gemini: gemini({ inlineData: { mimeType: 'text/plain', data: NOTE } }),
      bedrock: bedrock({ document: { format: 'txt', name: 'note', source: { bytes: NOTE } } }),
    },
  },
  {
    name: 'sound',
    words: { messages: [{ role: 'user', content: [{ kind: 'audio', format: 'wav', data: WAV }] }] },
    spelled: {
      responses: { body: responses({ type: 'input_audio', input_audio: { format: 'wav', data: WAV } }) },
      chat: { body: chat({ type: 'input_audio', input_audio: { format: 'wav', data: WAV } }) },
      grpc: { body: grpc({ audio: { format: 'wav', data: bytes(WAV) } }) },
    },
    refused: { ...each([...NO_FILES, 'responses'], ['audio']), ...each(CLAUDES, ['audio input']) },
    golden: {
      gemini: gemini({ inlineData: { mimeType: 'audio/wav', data: WAV } }),
      bedrock: bedrock({ audio: { format: 'wav', source: { bytes: WAV } } }),
    },
  },
  {
    name: 'an image as the result of a tool',
    words: {
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'Look' }] },
        { role: 'assistant', content: [{ kind: 'tool_call', id: 'call_1', name: 'look', arguments: '{}' }] },
        {
          role: 'tool',
          results: [
            {
              callId: 'call_1',
              content: [
                { kind: 'text', text: 'a cat' },
                { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG } },
              ],
            },
          ],
        },
      ],
      tools: [{ name: 'look', parameters: { type: 'object' } }],
    },
    spelled: {
      responses: {
        body: {
          tools: [{ type: 'function', name: 'look', parameters: { type: 'object' } }],
          input: [
            { role: 'user', content: 'Look' },
            { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
            {
              type: 'function_call_output',
              call_id: 'call_1',
              output: [
                { type: 'input_text', text: 'a cat' },
                { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
              ],
            },
          ],
        },
      },
      anthropic: {
        body: {
          tools: [{ name: 'look', input_schema: { type: 'object' } }],
          messages: [
            { role: 'user', content: 'Look' },
            { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'look', input: {} }] },
            {
              role: 'user',
              content: [
                {
                  type: 'tool_result',
                  tool_use_id: 'call_1',
                  content: [
                    { type: 'text', text: 'a cat' },
                    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
                  ],
                },
              ],
            },
          ],
        },
      },
      grpc: {
        body: {
          tools: [{ name: 'look', parameters: '{"type":"object"}' }],
          messages: [
            { role: 'user', content: [{ text: 'Look' }] },
            { role: 'assistant', content: [{ tool_call: { id: 'call_1', name: 'look', arguments: '{}' } }] },
            {
              role: 'tool',
              results: [
                {
                  call_id: 'call_1',
                  content: [{ text: 'a cat' }, { image: { media_type: 'image/png', data: bytes(PNG) } }],
                },
              ],
            },
          ],
        },
      },
    },
    refused: each(CHATS, ['image in the result of a tool']),
    golden: {
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Look' }] },
          {
            role: 'model',
            parts: [
              {
                functionCall: { id: 'call_1', name: 'look', args: {} },
                thoughtSignature: 'skip_thought_signature_validator',
              },
            ],
          },
          {
            role: 'user',
            parts: [
              {
                functionResponse: {
                  id: 'call_1',
                  name: 'look',
                  response: { output: 'a cat' },
                  parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }],
                },
              },
            ],
          },
        ],
        tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object' } }] }],
      },
      bedrock: {
        messages: [
          { role: 'user', content: [{ text: 'Look' }] },
          { role: 'assistant', content: [{ toolUse: { toolUseId: 'call_1', name: 'look', input: {} } }] },
          {
            role: 'user',
            content: [
              {
                toolResult: {
                  toolUseId: 'call_1',
                  content: [{ text: 'a cat' }, { image: { format: 'png', source: { bytes: PNG } } }],
                },
              },
            ],
          },
        ],
        toolConfig: { tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }] },
      },
    },
  },
];

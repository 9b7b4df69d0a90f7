import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GenerationRequest, Message, ModelRequest, UserPart } from '../../src/core/generation.ts';
import { boundInputTokens, choicesOf, predictedTokens, readsUnseen } from '../../src/core/token-bound.ts';
import { estimateInputTokens } from '../../src/core/token-estimate.ts';

const user = (...content: readonly UserPart[]): Message => ({ role: 'user', content });
const text = (value: string): UserPart => ({ kind: 'text', text: value });

const request = (more: Partial<GenerationRequest>): GenerationRequest => ({
  kind: 'generation',
  protocol: 'openai-chat',
  messages: [user(text('hi'))],
  tools: [],
  output: { kind: 'text' },
  sampling: {},
  stream: false,
  body: {},
  unkept: [],
  ...more,
});

const bound = (more: Partial<GenerationRequest>): number => boundInputTokens(request(more));
const added = (more: Partial<GenerationRequest>): number => bound(more) - bound({ messages: [user(text(''))] });

test('a text counts at least its bytes, whatever its script', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (value) => {
      // Half of a surrogate pair is sent as the replacement character: three bytes.
      assert.ok(added({ messages: [user(text(value))] }) >= Buffer.byteLength(value, 'utf8'));
    }),
    { examples: [['é'.repeat(9)], ['漢字'], ['👩‍👩‍👧'], ['\ud800']] },
  );
});

const parts: fc.Arbitrary<UserPart> = fc.oneof(
  fc.string().map(text),
  fc.record({
    kind: fc.constant('image' as const),
    source: fc.constant({ kind: 'url' as const, url: 'https://images.example/a.png' }),
  }),
  fc.record({
    kind: fc.constant('audio' as const),
    format: fc.constant('wav'),
    data: fc.base64String({ maxLength: 4_000 }),
  }),
);

test('a bound is never below the estimate, and never falls when something is added', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(parts, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      (contents) => {
        const messages = contents.map((content) => user(...content));
        assert.ok(bound({ messages }) >= estimateInputTokens(request({ messages })));
        assert.ok(bound({ messages: [...messages, user(text(''))] }) >= bound({ messages }));
      },
    ),
  );
});

const TOOL = {
  name: 'find',
  description: 'x'.repeat(50),
  parameters: { type: 'object', properties: { a: { type: 'string' } } },
};
const least: readonly [name: string, more: Partial<GenerationRequest>, tokens: number][] = [
  ['a tool and how tools are explained', { tools: [TOOL] }, 804 + 50],
  ['a schema of the answer', { output: { kind: 'json_schema', name: 'a', schema: TOOL.parameters } }, 60],
  [
    'an image of low detail',
    { messages: [user({ kind: 'image', source: { kind: 'url', url: 'u' }, detail: 'low' })] },
    2_833,
  ],
  ['an image of any detail', { messages: [user({ kind: 'image', source: { kind: 'url', url: 'u' } })] }, 48_169],
  ['what is passed on as it is', { unkept: ['x'], body: { x: { deep: ['y'.repeat(300)] } } }, 300],
  ['a field with dots in its name', { unkept: ['a.b[0]'], body: { 'a.b[0]': 'y'.repeat(300) } }, 300],
  [
    'what is passed on from deep within',
    { unkept: ['tools[1].custom'], body: { tools: [{}, { custom: { description: 'y'.repeat(300) } }] } },
    300,
  ],
  ["how a vendor's own tool is explained", { unkept: ['tools[0] (bash)'], body: { tools: [{ type: 'bash' }] } }, 804],
  ['all that came, where a name leads nowhere', { unkept: ['messages[7].x'], body: { y: 'y'.repeat(300) } }, 300],
  [
    'all that came, where readers stopped naming',
    { unkept: Array(32).fill('x'), body: { x: 'x', y: 'y'.repeat(300) } },
    300,
  ],
  [
    'thought, its signature, and the arguments of a call',
    {
      messages: [
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'a'.repeat(20), signature: 'b'.repeat(30), redacted: 'c'.repeat(40) },
            { kind: 'tool_call', id: 'i', name: 'n', arguments: 'd'.repeat(50) },
          ],
        },
        { role: 'tool', results: [{ callId: 'i', content: [{ kind: 'text', text: 'e'.repeat(60) }] }] },
      ],
    },
    200,
  ],
];
for (const [name, more, tokens] of least) {
  test(`it counts ${name}`, () => assert.ok(added({ messages: [user(text(''))], ...more }) >= tokens));
}

test('bytes of media are no text, also where all that came is counted', () => {
  const data = 'QUJD'.repeat(100_000);
  const image: UserPart = { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data } };
  const url = `data:image/png;base64,${data}`;
  const asked = {
    messages: [user(image)],
    unkept: ['messages[7].x'],
    body: { messages: [{ image_url: { url } }, data] },
  };
  assert.ok(bound(asked) < 60_000, String(bound(asked)));
});

const unseen: readonly [name: string, unkept: readonly string[], is: boolean][] = [
  ['nothing', [], false],
  ['a field that holds all it says', ['logit_bias', 'tools[0].custom', 'tool_choice (allowed_tools)'], false],
  ['a conversation before', ['store', 'previous_response_id'], true],
  ['a conversation', ['conversation'], true],
  ['a stored prompt', ['prompt'], true],
  ['a stored file', ['messages[0].content[1].file.file_id'], true],
  ['an item that is elsewhere', ['input[0] (item_reference)'], true],
  ["a vendor's own tool", ['tools[3] (web_search)'], true],
  ['a search', ['web_search_options'], true],
  ['tools of other servers', ['mcp_servers'], true],
];
for (const [name, unkept, is] of unseen)
  test(`read and not seen here: ${name}`, () => assert.equal(readsUnseen(request({ unkept })), is));

test('what is predicted of an answer may be charged as one', () => {
  const prediction = { type: 'content', content: 'p'.repeat(500) };
  assert.ok(predictedTokens(request({ unkept: ['prediction'], body: { prediction } })) >= 500);
  assert.equal(predictedTokens(request({ body: { prediction } })), 0);
});

const choices: readonly [name: string, request: ModelRequest, count: number][] = [
  ['nothing said', request({}), 1],
  ['n passed on', request({ unkept: ['n'], body: { n: 4 } }), 4],
  ['n that no vendor is told', request({ body: { n: 4 } }), 1],
  ['n that is no number', request({ unkept: ['n'], body: { n: '9' } }), 1],
];
for (const [name, asked, count] of choices)
  test(`answers at once: ${name}`, () => assert.equal(choicesOf(asked), count));

test('ids of tokens are counted as they are, texts by their bytes', () => {
  const base = { kind: 'embedding', protocol: 'openai-chat', encoding: 'float', body: {}, unkept: [] } as const;
  const tokens = boundInputTokens({ ...base, inputs: [[1, 2, 3], 'äöü'] });
  assert.ok(tokens >= 9 && tokens < 300);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GenerationRequest, Message, ModelRequest, UserPart } from '../../src/core/generation.ts';
import { boundInputTokens, choicesOf } from '../../src/core/token-bound.ts';
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

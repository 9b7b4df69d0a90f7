import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GenerationRequest, ModelRequest } from '../../src/core/generation.ts';
import { needsOf } from '../../src/core/needs.ts';
import { estimateInputTokens, estimateTextTokens } from '../../src/core/token-estimate.ts';
import { embedding, generation } from '../support/model-requests.ts';

const IMAGE = { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } } as const;
const PDF = { mediaType: 'application/pdf', data: 'A'.repeat(400_000) };
const DOCUMENT = { kind: 'document', source: { kind: 'base64', ...PDF } } as const;
const AUDIO = { kind: 'audio', format: 'wav', data: 'A'.repeat(64_000) } as const;
const TOOL = { name: 'get_weather', parameters: { type: 'object', properties: { location: { type: 'string' } } } };

describe('the estimate of tokens', () => {
  /** Counted with OpenAI's tokenizers o200k_base and cl100k_base. */
  const TEXTS = [
    {
      what: 'English',
      text: 'The quick brown fox jumps over the lazy dog. It was, as everybody agreed, an uneventful morning in the village. ',
      times: 5,
      counted: [131, 131],
    },
    { what: 'Chinese', text: '我们今天去公园散步，天气很好。', times: 10, counted: [110, 180] },
    { what: 'Japanese', text: 'これは日本語の文章です。今日はとても暑いです。', times: 10, counted: [140, 210] },
    { what: 'Korean', text: '오늘은 날씨가 아주 좋습니다. 공원에 갑시다. ', times: 10, counted: [161, 251] },
    { what: 'Russian', text: 'Быстрая коричневая лиса прыгает через ленивую собаку. ', times: 10, counted: [192, 281] },
    { what: 'Arabic', text: 'الطقس جميل اليوم ونحن ذاهبون إلى الحديقة. ', times: 10, counted: [132, 301] },
    { what: 'Hindi', text: 'आज मौसम बहुत अच्छा है और हम पार्क जा रहे हैं। ', times: 10, counted: [121, 471] },
    { what: 'Thai', text: 'วันนี้อากาศดีมากเราจะไปสวนสาธารณะ ', times: 10, counted: [141, 340] },
    {
      what: 'JSON',
      text: '{"name":"Ada","age":36,"tags":["a","b"],"address":{"city":"London"}}',
      times: 10,
      counted: [210, 220],
    },
    { what: 'numbers', text: '3.14159 26535 89793 ', times: 10, counted: [110, 110] },
    { what: 'emoji', text: '🚦🙂👍🏽🎉', times: 20, counted: [160, 280] },
  ] as const;
  for (const { what, text, times, counted } of TEXTS) {
    it(`is near what is counted of ${what}`, () => {
      const estimate = estimateTextTokens(text.repeat(times));
      const [least, most] = counted;
      assert.ok(estimate >= least * 0.75 && estimate <= most * 1.1, `${estimate} of ${least} to ${most}`);
    });
  }

  it('is nothing of nothing, and one of a letter', () => {
    assert.deepEqual([estimateTextTokens(''), estimateTextTokens('a')], [0, 1]);
  });

  it('grows with every part of a request', () => {
    const tool = { kind: 'tool_call', id: 'c', name: 'f', arguments: '{"x":1}' } as const;
    const user = (content: GenerationRequest['messages'][number]): Partial<GenerationRequest> => ({
      messages: [content],
    });
    const tokens = [
      generation({ prompt: 'a' }),
      generation({ prompt: 'a'.repeat(400) }),
      generation(
        user({
          role: 'user',
          content: [
            { ...IMAGE, detail: 'low' },
            { kind: 'text', text: 'a'.repeat(300) },
          ],
        }),
      ),
      generation(user({ role: 'user', content: [IMAGE] })),
      generation(user({ role: 'user', content: [{ ...IMAGE, detail: 'high' }] })),
      generation(user({ role: 'user', content: [DOCUMENT] })),
    ].map(estimateInputTokens);
    assert.deepEqual(
      tokens,
      [...tokens].sort((one, other) => one - other),
    );
    assert.equal(new Set(tokens).size, tokens.length);

    const bare = estimateInputTokens(generation());
    const more: readonly Partial<GenerationRequest>[] = [
      { tools: [TOOL] },
      { output: { kind: 'json_schema', name: 'a', schema: TOOL.parameters } },
      user({
        role: 'assistant',
        content: [tool, { kind: 'reasoning', text: 'Hm' }, { kind: 'text', text: 'Yes, hello' }],
      }),
      user({ role: 'tool', results: [{ callId: 'c', content: [{ kind: 'text', text: 'It is raining again' }] }] }),
      user({ role: 'user', content: [AUDIO] }),
    ];
    for (const said of more) assert.ok(estimateInputTokens(generation(said)) > bare, JSON.stringify(said).slice(0, 60));
  });

  it('of embeddings counts tokens that are given, and of a count those of what would be generated', () => {
    assert.equal(estimateInputTokens(embedding({ inputs: [[1, 2, 3], 'a'] })), 4);
    const asked = generation({ prompt: 'How long is this?' });
    assert.equal(estimateInputTokens({ kind: 'token_count', generation: asked }), estimateInputTokens(asked));
  });
});

describe('what a target must be able to do', () => {
  const user = (...content: readonly (typeof IMAGE | typeof DOCUMENT | typeof AUDIO)[]): ModelRequest =>
    generation({ messages: [{ role: 'user', content }] });
  const CASES: readonly { readonly request: ModelRequest; readonly needs: readonly string[] }[] = [
    { request: generation(), needs: [] },
    { request: embedding(), needs: [] },
    { request: generation({ tools: [TOOL] }), needs: ['tools'] },
    { request: user(IMAGE), needs: ['vision'] },
    { request: user(DOCUMENT), needs: ['documents'] },
    { request: user(AUDIO), needs: ['audio'] },
    { request: generation({ output: { kind: 'json' } }), needs: ['json'] },
    { request: generation({ output: { kind: 'json_schema', name: 'a', schema: {} } }), needs: ['json'] },
    {
      request: {
        kind: 'token_count',
        generation: generation({ messages: [{ role: 'user', content: [AUDIO, IMAGE] }] }),
      },
      needs: ['vision', 'audio'],
    },
    {
      request: generation({ messages: [{ role: 'tool', results: [{ callId: 'c', content: [DOCUMENT] }] }] }),
      needs: ['documents'],
    },
  ];
  for (const [index, { request, needs }] of CASES.entries()) {
    it(`is ${needs.join(', ') || 'nothing'} (${index})`, () => assert.deepEqual(needsOf(request), needs));
  }
});

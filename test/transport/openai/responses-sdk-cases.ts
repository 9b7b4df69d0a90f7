/** What OpenAI's SDK meets at the route of responses. Run against any server by `SdkTarget`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import { all, PIXEL, refusal, type SdkTarget, WEATHER } from '../sdk-target.ts';

const TOOLS: OpenAI.Responses.FunctionTool[] = [
  { type: 'function', name: 'get_weather', description: 'Weather of a city', parameters: WEATHER, strict: true },
  { type: 'function', name: 'read_clock', parameters: { type: 'object', properties: {} }, strict: false },
];

export function openAiResponsesCases(target: SdkTarget): void {
  const { model } = target;
  const client = (): OpenAI =>
    new OpenAI({ baseURL: `${target.baseUrl()}/v1`, apiKey: target.apiKey, maxRetries: 0, timeout: 20_000 });

  describe("OpenAI's SDK asks for responses", { timeout: 60_000 }, () => {
    test('whole', async () => {
      const { data, response } = await client()
        .responses.create({ model, input: 'Say hello', instructions: 'Be brief' })
        .withResponse();
      assert.equal(data.status, 'completed');
      assert.match(data.output_text, /Say hello/);
      assert(data.usage && data.usage.input_tokens > 0);
      assert.equal(data.usage.total_tokens, data.usage.input_tokens + data.usage.output_tokens);
      assert.match(response.headers.get('x-turnpike-decision-id') ?? '', /^[0-9a-f-]{36}$/);
      assert.match(response.headers.get('x-turnpike-target') ?? '', /\//);
    });

    test('streamed', async () => {
      const stream = await client().responses.create({ model, input: 'Count to five, slowly', stream: true });
      const events = await all(stream);
      const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
      assert.match(text, /Count to five, slowly/);
      assert.equal(events[0]?.type, 'response.created');
      const last = events.at(-1);
      assert(last?.type === 'response.completed');
      assert.equal(last.response.output_text ?? text, text);
      assert((last.response.usage?.output_tokens ?? 0) > 0);
    });

    test('with tools, several at once, and tells their results', async () => {
      const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'What do weather and clock say?' }];
      const first = await client().responses.create({ model, input, tools: TOOLS });
      const calls = first.output.filter((item) => item.type === 'function_call');
      assert.deepEqual(
        calls.map(({ name }) => name),
        ['get_weather', 'read_clock'],
      );
      assert.equal(typeof JSON.parse(calls[0]?.arguments ?? '').city, 'string');
      const results = calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'fine' }) as const);
      const second = await client().responses.create({ model, input: [...input, ...calls, ...results], tools: TOOLS });
      assert.match(second.output_text, /2 tool results/);
    });

    test('with tools streamed, their arguments in pieces', async () => {
      const stream = client().responses.stream({ model, input: 'The weather?', tools: TOOLS });
      const { output } = await stream.finalResponse();
      const calls = output.filter((item) => item.type === 'function_call');
      assert.deepEqual(
        calls.map(({ name }) => name),
        ['get_weather'],
      );
      assert.equal(typeof JSON.parse(calls[0]?.arguments ?? ''), 'object');
    });

    test('that fit a schema, with images in', async () => {
      const response = await client().responses.create({
        model,
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'What is this?' },
              { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'low' },
            ],
          },
        ],
        text: { format: { type: 'json_schema', name: 'weather', schema: WEATHER, strict: true } },
      });
      assert.equal(typeof JSON.parse(response.output_text).city, 'string');
    });

    test('that end by their length', async () => {
      const response = await client().responses.create({
        model,
        input: 'Count to five, slowly',
        max_output_tokens: 16,
      });
      const cut = await client().responses.create({
        model,
        input: 'Count to five, slowly [simulate tokens=50]',
        max_output_tokens: 16,
      });
      assert.equal(response.status, 'completed');
      assert.equal(cut.status, 'incomplete');
      assert.equal(cut.incomplete_details?.reason, 'max_output_tokens');
    });

    test('and is told by name what no model can do', async () => {
      const failure = await refusal(client().responses.create({ model, input: 'a', temperature: 9 }));
      assert(failure instanceof OpenAI.BadRequestError, String(failure));
      assert.equal(failure.param, 'temperature');
    });

    for (const [fail, exception, status] of [
      ['rate_limited retry_after_ms=1500', OpenAI.RateLimitError, 429],
      ['unavailable', OpenAI.InternalServerError, 502],
      ['context_length', OpenAI.BadRequestError, 400],
    ] as const) {
      for (const stream of [false, true]) {
        test(`and ${exception.name} is thrown when ${stream ? 'streaming and ' : ''}every target fails with ${fail}`, async () => {
          const failure = await refusal(client().responses.create({ model, input: `[simulate fail=${fail}]`, stream }));
          assert(failure instanceof exception, String(failure));
          assert.equal(failure.status, status);
        });
      }
    }

    test('and a stream that breaks is an error, and has no end', async () => {
      const input = 'Count to five, slowly [simulate cut_after=3]';
      const stream = await client().responses.create({ model, input, stream: true });
      const seen: string[] = [];
      const failure = await refusal(
        (async () => {
          for await (const event of stream) seen.push(event.type);
        })(),
      );
      assert(failure instanceof OpenAI.APIError, String(failure));
      assert(seen.includes('response.output_text.delta'));
      assert(!seen.includes('response.completed'));
    });
  });
}

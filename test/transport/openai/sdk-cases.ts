/** What OpenAI's SDK meets at a server, unmodified but for its base URL. Run against any server by `SdkTarget`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import { all, PIXEL, refusal, type SdkTarget, WEATHER } from '../sdk-target.ts';

type Message = OpenAI.ChatCompletionMessageParam;

const says = (content: string): Message[] => [{ role: 'user', content }];

const TOOLS: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: { name: 'get_weather', description: 'Weather of a city', parameters: WEATHER, strict: true },
  },
  { type: 'function', function: { name: 'read_clock', parameters: { type: 'object', properties: {} } } },
];

const FORMAT = { type: 'json_schema', json_schema: { name: 'weather', schema: WEATHER, strict: true } } as const;

export function openAiSdkCases(target: SdkTarget): void {
  const { model } = target;
  const client = (options: ConstructorParameters<typeof OpenAI>[0] = {}): OpenAI =>
    new OpenAI({
      baseURL: `${target.baseUrl()}/v1`,
      apiKey: target.apiKey,
      maxRetries: 0,
      timeout: 20_000,
      ...options,
    });

  describe("OpenAI's SDK", { timeout: 60_000 }, () => {
    test('chats', async () => {
      const {
        data,
        response,
        request_id: requestId,
      } = await client()
        .chat.completions.create({ model, messages: says('Say hello') })
        .withResponse();
      const [choice] = data.choices;
      assert.equal(choice?.message.role, 'assistant');
      assert.match(choice.message.content ?? '', /Say hello/);
      assert.equal(choice.finish_reason, 'stop');
      assert.equal(data.object, 'chat.completion');
      assert(data.usage && data.usage.prompt_tokens > 0);
      assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
      const id = response.headers.get('x-turnpike-decision-id');
      assert.match(id ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(requestId, id);
      assert.match(response.headers.get('x-turnpike-target') ?? '', /^[^/]+\/.+$/);
      assert.match(response.headers.get('x-turnpike-attempts') ?? '', /^[1-9]$/);
      assert.match(response.headers.get('x-turnpike-cost-usd') ?? '', /^\d+(\.\d{1,9})?$/);
    });

    for (const [what, path] of [
      ['without /v1', ''],
      ['with it twice', '/v1/v1'],
    ] as const) {
      test(`chats under a base URL ${what}`, async () => {
        const { choices } = await client({ baseURL: `${target.baseUrl()}${path}` }).chat.completions.create({
          model,
          messages: says('Say hello'),
        });
        assert.match(choices[0]?.message.content ?? '', /Say hello/);
      });
    }

    test('streams a chat, its usage too', async () => {
      const { data: stream, response } = await client()
        .chat.completions.create({
          model,
          messages: says('Count to five, slowly'),
          stream: true,
          stream_options: { include_usage: true },
        })
        .withResponse();
      assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
      assert.match(response.headers.get('x-turnpike-target') ?? '', /\//);
      const chunks = await all(stream);
      const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
      assert.match(text, /Count to five, slowly/);
      const contents = chunks.filter((chunk) => (chunk.choices[0]?.delta.content ?? '') !== '');
      assert(contents.length > 2, 'it comes in pieces');
      const reasons = chunks
        .map((chunk) => chunk.choices[0]?.finish_reason)
        .filter((reason) => typeof reason === 'string');
      assert.deepEqual(reasons, ['stop']);
      assert((chunks.at(-1)?.usage?.completion_tokens ?? 0) > 0);
      assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
    });

    test('streams without usage where nobody asked for it', async () => {
      const stream = await client().chat.completions.create({ model, messages: says('Say hello'), stream: true });
      const chunks = await all(stream);
      assert.deepEqual(chunks.filter(({ usage }) => usage).length, 0);
      assert(chunks.every(({ choices }) => choices.length > 0));
    });

    test('is asked for tools, several at once, and tells their results', async () => {
      const question = says('What do weather and clock say?');
      const first = await client().chat.completions.create({ model, messages: question, tools: TOOLS });
      const said = first.choices[0]?.message;
      assert.equal(first.choices[0]?.finish_reason, 'tool_calls');
      const calls = said?.tool_calls?.filter((call) => call.type === 'function') ?? [];
      assert.deepEqual(
        calls.map((call) => call.function.name),
        ['get_weather', 'read_clock'],
      );
      assert.equal(new Set(calls.map(({ id }) => id)).size, 2);
      const { city, days } = JSON.parse(calls[0]?.function.arguments ?? '');
      assert.deepEqual([typeof city, typeof days], ['string', 'number']);
      assert(said);
      const results = calls.map(({ id }): Message => ({ role: 'tool', tool_call_id: id, content: 'fine' }));
      const second = await client().chat.completions.create({
        model,
        messages: [...question, said, ...results],
        tools: TOOLS,
      });
      assert.match(second.choices[0]?.message.content ?? '', /2 tool results/);
    });

    test('streams tools, their arguments in pieces', async () => {
      const stream = client().chat.completions.stream({ model, messages: says('Weather and clock?'), tools: TOOLS });
      const { choices } = await stream.finalChatCompletion();
      const calls = choices[0]?.message.tool_calls?.filter((call) => call.type === 'function') ?? [];
      assert.deepEqual(
        calls.map((call) => call.function.name),
        ['get_weather', 'read_clock'],
      );
      for (const call of calls) assert.equal(typeof JSON.parse(call.function.arguments), 'object');
      assert.equal(choices[0]?.finish_reason, 'tool_calls');
    });

    test('is made to call the tool that it names', async () => {
      const { choices } = await client().chat.completions.create({
        model,
        messages: says('Say hello'),
        tools: TOOLS,
        tool_choice: { type: 'function', function: { name: 'read_clock' } },
      });
      assert.equal(choices[0]?.message.tool_calls?.length, 1);
    });

    test('has answers that fit a schema', async () => {
      const asked = { model, messages: says('The weather, please'), response_format: FORMAT };
      const completion = await client().chat.completions.parse(asked);
      const { city, days } = JSON.parse(completion.choices[0]?.message.content ?? '');
      assert.deepEqual([typeof city, typeof days], ['string', 'number']);
    });

    test('shows images, thinks, and says who asks', async () => {
      const { choices } = await client().chat.completions.create({
        model,
        reasoning_effort: 'low',
        safety_identifier: 'user-1',
        messages: [
          { role: 'developer', content: 'Be brief' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}`, detail: 'low' } },
            ],
          },
        ],
      });
      assert.match(choices[0]?.message.content ?? '', /What is this/);
    });

    const endings: readonly [string, { max_completion_tokens: number } | { stop: string }, string][] = [
      ['its length', { max_completion_tokens: 2 }, 'length'],
      ['a stop sequence', { stop: 'five' }, 'stop'],
    ];
    for (const [what, options, reason] of endings) {
      test(`is told that an answer ended by ${what}`, async () => {
        const { choices } = await client().chat.completions.create({
          model,
          messages: says('Count to five, slowly'),
          ...options,
        });
        assert.equal(choices[0]?.finish_reason, reason);
        assert.doesNotMatch(choices[0].message.content ?? '', /slowly/);
      });
    }

    for (const [what, body, param] of [
      ['a temperature that no model has', { temperature: 9 }, 'temperature'],
      [
        'a tool schema that is none',
        { tools: [{ type: 'function', function: { name: 'a', parameters: 'x' } }] },
        'tools[0].function.parameters',
      ],
      ['two limits that contradict one another', { max_tokens: 5, max_completion_tokens: 6 }, 'max_tokens'],
      ['no messages', { messages: [] }, 'messages'],
      [
        'an image that is none',
        {
          messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,!' } }] }],
        },
        'messages[0].content[0].image_url.url',
      ],
    ] as const) {
      test(`is told by name of ${what}`, async () => {
        const asked: object = { model, messages: says('Say hello'), ...body };
        // What its types would not allow is what is tested.
        const failure = await refusal(
          client().chat.completions.create(asked as OpenAI.ChatCompletionCreateParamsNonStreaming),
        );
        assert(failure instanceof OpenAI.BadRequestError, String(failure));
        assert.equal(failure.param, param);
        assert.equal(failure.type, 'invalid_request_error');
      });
    }

    for (const [fail, exception, status, code] of [
      ['rate_limited retry_after_ms=1500', OpenAI.RateLimitError, 429, 'rate_limit_exceeded'],
      ['unavailable', OpenAI.InternalServerError, 502, 'upstream_unavailable'],
      ['timeout', OpenAI.InternalServerError, 504, 'upstream_timeout'],
      ['context_length', OpenAI.BadRequestError, 400, 'context_length_exceeded'],
      ['content_filter', OpenAI.BadRequestError, 400, 'content_filter'],
      ['invalid_request', OpenAI.BadRequestError, 400, 'upstream_rejected'],
    ] as const) {
      for (const stream of [false, true]) {
        test(`throws ${exception.name} when ${stream ? 'streaming and ' : ''}every target fails with ${fail}`, async () => {
          const asked = { model, messages: says(`[simulate fail=${fail}]`), stream };
          const failure = await refusal(client().chat.completions.create(asked));
          assert(failure instanceof exception, String(failure));
          assert.equal(failure.status, status);
          assert.equal(failure.code, code);
          assert.match(failure.requestID ?? '', /^[0-9a-f-]{36}$/);
        });
      }
    }

    test('is told when to come back', async () => {
      const failure = await refusal(
        client().chat.completions.create({ model, messages: says('[simulate fail=rate_limited retry_after_ms=1500]') }),
      );
      assert(failure instanceof OpenAI.RateLimitError);
      assert.match(failure.headers.get('retry-after') ?? '', /^[12]$/);
    });

    test('sees a stream that breaks as an error, and no end of it', async () => {
      const stream = await client().chat.completions.create({
        model,
        messages: says('Count to five, slowly [simulate cut_after=3]'),
        stream: true,
      });
      const seen: OpenAI.ChatCompletionChunk[] = [];
      const failure = await refusal(
        (async () => {
          for await (const chunk of stream) seen.push(chunk);
        })(),
      );
      assert(failure instanceof OpenAI.APIError, String(failure));
      assert(seen.length > 0);
      assert(seen.every((chunk) => !chunk.choices[0]?.finish_reason));
    });

    test('has vectors, as numbers and packed', async () => {
      const asked = { model: target.embeddingModel, input: ['one', 'two'] };
      const packed = await client().embeddings.create(asked);
      const plain = await client().embeddings.create({ ...asked, encoding_format: 'float' });
      assert.deepEqual(
        plain.data.map(({ index }) => index),
        [0, 1],
      );
      assert(plain.usage.prompt_tokens > 0);
      for (const [at, { embedding }] of plain.data.entries()) {
        const same = packed.data[at]?.embedding ?? [];
        assert.equal(same.length, embedding.length);
        assert(embedding.every((value, place) => Math.abs(value - (same[place] ?? Number.NaN)) < 1e-6));
      }
    });

    test('lists models, and shows one whose name has a slash', async () => {
      const models = await all(client().models.list());
      assert(
        models.some(({ id }) => id === target.listed),
        models.map(({ id }) => id).join(' '),
      );
      const one = await client().models.retrieve(target.listed);
      assert.equal(one.object, 'model');
      assert.equal(one.id, target.listed);
      const failure = await refusal(client().models.retrieve('nobody/knows-it'));
      assert(failure instanceof OpenAI.NotFoundError);
    });

    const { wrongKey, refused } = target;
    if (wrongKey !== undefined) {
      test('throws AuthenticationError for a key that nobody knows', async () => {
        const failure = await refusal(
          client({ apiKey: wrongKey }).chat.completions.create({ model, messages: says('a') }),
        );
        assert(failure instanceof OpenAI.AuthenticationError);
        assert.equal(failure.code, 'invalid_api_key');
        assert(!JSON.stringify(failure).includes(wrongKey));
      });
    }
    if (refused !== undefined) {
      test('throws PermissionDeniedError with the rule that denies', async () => {
        const failure = await refusal(client().chat.completions.create({ model: refused.denied, messages: says('a') }));
        assert(failure instanceof OpenAI.PermissionDeniedError, String(failure));
        assert.equal(failure.code, 'access_denied');
        assert.match(failure.headers.get('x-turnpike-rule') ?? '', /^access\./);
        assert.equal(failure.headers.get('x-should-retry'), 'false');
      });

      test('throws an error of status 402 with the budget and when it starts anew', async () => {
        const failure = await refusal(client().chat.completions.create({ model: refused.spent, messages: says('a') }));
        assert(failure instanceof OpenAI.APIError, String(failure));
        assert.equal(failure.status, 402);
        assert.equal(failure.code, 'budget_exhausted');
        assert.match(failure.headers?.get('x-turnpike-budget') ?? '', /./);
        assert(Date.parse(failure.headers?.get('x-turnpike-resets-at') ?? '') > 0);
        assert(Number(failure.headers?.get('retry-after')) > 0);
      });

      test('throws RateLimitError with when to come back', async () => {
        const failure = await refusal(
          client().chat.completions.create({ model: refused.throttled, messages: says('a') }),
        );
        assert(failure instanceof OpenAI.RateLimitError, String(failure));
        assert.equal(failure.code, 'rate_limit_exceeded');
        assert(Number(failure.headers.get('retry-after')) > 0);
      });
    }
  });
}

/** What Anthropic's SDK meets at a server, unmodified but for its base URL. Run against any server by `SdkTarget`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { all, PIXEL, refusal, type SdkTarget, WEATHER } from '../sdk-target.ts';

type Message = Anthropic.MessageParam;

const says = (content: string): Message[] => [{ role: 'user', content }];

const TOOLS: Anthropic.Tool[] = [
  { name: 'get_weather', description: 'Weather of a city', input_schema: { ...WEATHER, required: ['city', 'days'] } },
  { name: 'read_clock', input_schema: { type: 'object', properties: {} } },
];

export function anthropicSdkCases(target: SdkTarget): void {
  const { model } = target;
  const client = (options: ConstructorParameters<typeof Anthropic>[0] = {}): Anthropic =>
    new Anthropic({ baseURL: target.baseUrl(), apiKey: target.apiKey, maxRetries: 0, timeout: 20_000, ...options });
  const asks = (content: string) => ({ model, max_tokens: 500, messages: says(content) });

  describe("Anthropic's SDK", { timeout: 60_000 }, () => {
    test('sends a message', async () => {
      const {
        data,
        response,
        request_id: requestId,
      } = await client().messages.create(asks('Say hello')).withResponse();
      const [block] = data.content;
      assert(block?.type === 'text');
      assert.match(block.text, /Say hello/);
      assert.equal(data.type, 'message');
      assert.equal(data.role, 'assistant');
      assert.equal(data.stop_reason, 'end_turn');
      assert(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
      const id = response.headers.get('x-turnpike-decision-id');
      assert.match(id ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(requestId, id);
      assert.match(response.headers.get('x-turnpike-target') ?? '', /^[^/]+\/.+$/);
      assert.match(response.headers.get('x-turnpike-attempts') ?? '', /^[1-9]$/);
      assert.match(response.headers.get('x-turnpike-cost-usd') ?? '', /^\d+(\.\d{1,9})?$/);
    });

    test('sends a message with its key as a bearer token, under a base URL with /v1', async () => {
      const bearer = client({ apiKey: null, authToken: target.apiKey, baseURL: `${target.baseUrl()}/v1` });
      const { content } = await bearer.messages.create(asks('Say hello'));
      assert.equal(content[0]?.type, 'text');
    });

    test('streams a message', async () => {
      const stream = client().messages.stream(asks('Count to five, slowly'));
      const kinds: string[] = [];
      const pieces: string[] = [];
      stream.on('streamEvent', ({ type }) => kinds.push(type));
      stream.on('text', (text) => pieces.push(text));
      const message = await stream.finalMessage();
      assert.match(pieces.join(''), /Count to five, slowly/);
      assert(pieces.length > 2, 'it comes in pieces');
      assert.equal(message.stop_reason, 'end_turn');
      assert(message.usage.output_tokens > 0);
      assert.equal(kinds[0], 'message_start');
      assert.equal(kinds.at(-1), 'message_stop');
    });

    test('is asked for tools, several at once, and tells their results', async () => {
      const question = asks('What do weather and clock say?');
      const first = await client().messages.create({ ...question, tools: TOOLS });
      assert.equal(first.stop_reason, 'tool_use');
      const calls = first.content.filter((block) => block.type === 'tool_use');
      assert.deepEqual(
        calls.map(({ name }) => name),
        ['get_weather', 'read_clock'],
      );
      const { city, days } = Object(calls[0]?.input);
      assert.deepEqual([typeof city, typeof days], ['string', 'number']);
      const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'fine' }));
      const second = await client().messages.create({
        ...question,
        tools: TOOLS,
        messages: [
          ...question.messages,
          { role: 'assistant', content: first.content },
          { role: 'user', content: results },
        ],
      });
      const [block] = second.content;
      assert(block?.type === 'text');
      assert.match(block.text, /2 tool results/);
    });

    test('streams tools, their input in pieces', async () => {
      const stream = client().messages.stream({ ...asks('Weather and clock?'), tools: TOOLS });
      const pieces: string[] = [];
      stream.on('inputJson', (piece) => pieces.push(piece));
      const { content, stop_reason: reason } = await stream.finalMessage();
      const calls = content.filter((block) => block.type === 'tool_use');
      assert.deepEqual(
        calls.map(({ name }) => name),
        ['get_weather', 'read_clock'],
      );
      assert.equal(typeof Object(calls[0]?.input).city, 'string');
      assert.equal(reason, 'tool_use');
      assert(pieces.length > 0);
    });

    test('is made to call the tool that it names', async () => {
      const choice = { type: 'tool', name: 'read_clock' } as const;
      const { content } = await client().messages.create({ ...asks('Say hello'), tools: TOOLS, tool_choice: choice });
      assert.deepEqual(
        content.map((block) => block.type === 'tool_use' && block.name),
        ['read_clock'],
      );
    });

    test('shows images, has a system prompt, and says who asks', async () => {
      const source = { type: 'base64', media_type: 'image/png', data: PIXEL } as const;
      const { content } = await client().messages.create({
        ...asks(''),
        system: [{ type: 'text', text: 'Be brief', cache_control: { type: 'ephemeral' } }],
        metadata: { user_id: 'user-1' },
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image', source },
            ],
          },
        ],
      });
      const [block] = content;
      assert(block?.type === 'text');
      assert.match(block.text, /What is this/);
    });

    const endings: readonly [string, { max_tokens: number } | { stop_sequences: string[] }, string][] = [
      ['its length', { max_tokens: 2 }, 'max_tokens'],
      ['a stop sequence', { stop_sequences: ['five'] }, 'stop_sequence'],
    ];
    for (const [what, options, reason] of endings) {
      test(`is told that an answer ended by ${what}`, async () => {
        const message = await client().messages.create({ ...asks('Count to five, slowly'), ...options });
        assert.equal(message.stop_reason, reason);
      });
    }

    test('counts tokens', async () => {
      const short = await client().messages.countTokens({ model, messages: says('Say hello') });
      const long = await client().messages.countTokens({
        model,
        messages: says('Say hello '.repeat(50)),
        tools: TOOLS,
      });
      assert(short.input_tokens > 0);
      assert(long.input_tokens > short.input_tokens);
    });

    for (const [what, body, param] of [
      ['a temperature that no model has', { temperature: 9 }, 'temperature'],
      ['a tool schema that is none', { tools: [{ name: 'a', input_schema: 'x' }] }, 'tools[0].input_schema'],
      ['no limit of output', { max_tokens: undefined }, 'max_tokens'],
      ['no messages', { messages: [] }, 'messages'],
    ] as const) {
      test(`is told by name of ${what}`, async () => {
        const asked: object = { ...asks('Say hello'), ...body };
        // What its types would not allow is what is tested.
        const failure = await refusal(client().messages.create(asked as Anthropic.MessageCreateParamsNonStreaming));
        assert(failure instanceof Anthropic.BadRequestError, String(failure));
        assert.equal(failure.type, 'invalid_request_error');
        assert.equal(Object(failure.details).param, param);
        assert(failure.apiMessage?.startsWith(param), failure.apiMessage ?? '');
      });
    }

    for (const [fail, exception, status, type] of [
      ['rate_limited retry_after_ms=1500', Anthropic.RateLimitError, 429, 'rate_limit_error'],
      ['unavailable', Anthropic.InternalServerError, 502, 'api_error'],
      ['timeout', Anthropic.InternalServerError, 504, 'timeout_error'],
      ['context_length', Anthropic.BadRequestError, 400, 'invalid_request_error'],
      ['content_filter', Anthropic.BadRequestError, 400, 'invalid_request_error'],
      ['invalid_request', Anthropic.BadRequestError, 400, 'invalid_request_error'],
    ] as const) {
      for (const stream of [false, true]) {
        test(`throws ${exception.name} when ${stream ? 'streaming and ' : ''}every target fails with ${fail}`, async () => {
          const failure = await refusal(client().messages.create({ ...asks(`[simulate fail=${fail}]`), stream }));
          assert(failure instanceof exception, String(failure));
          assert.equal(failure.status, status);
          assert.equal(failure.type, type);
          assert.match(failure.requestID ?? '', /^[0-9a-f-]{36}$/);
        });
      }
    }

    test('sees a stream that breaks as an error, and no end of it', async () => {
      const stream = await client().messages.create({
        ...asks('Count to five, slowly [simulate cut_after=3]'),
        stream: true,
      });
      const kinds: string[] = [];
      const failure = await refusal(
        (async () => {
          for await (const event of stream) kinds.push(event.type);
        })(),
      );
      assert(failure instanceof Anthropic.APIError, String(failure));
      assert(kinds.includes('content_block_delta'));
      assert(!kinds.includes('message_stop'));
    });

    test('lists models, and shows one whose name has a slash', async () => {
      const models = await all(client().models.list());
      assert(
        models.some(({ id }) => id === target.listed),
        models.map(({ id }) => id).join(' '),
      );
      const one = await client().models.retrieve(target.listed);
      assert.equal(one.type, 'model');
      assert.equal(one.id, target.listed);
      assert(Date.parse(one.created_at) > 0);
      const failure = await refusal(client().models.retrieve('nobody/knows-it'));
      assert(failure instanceof Anthropic.NotFoundError);
      assert.equal(failure.type, 'not_found_error');
    });

    const { wrongKey, refused } = target;
    if (wrongKey !== undefined) {
      test('throws AuthenticationError for a key that nobody knows', async () => {
        const failure = await refusal(client({ apiKey: wrongKey }).messages.create(asks('a')));
        assert(failure instanceof Anthropic.AuthenticationError);
        assert.equal(failure.type, 'authentication_error');
        assert(!JSON.stringify(failure).includes(wrongKey));
      });
    }
    if (refused !== undefined) {
      test('throws PermissionDeniedError with the rule that denies', async () => {
        const failure = await refusal(client().messages.create({ ...asks('a'), model: refused.denied }));
        assert(failure instanceof Anthropic.PermissionDeniedError, String(failure));
        assert.equal(failure.errorCode, 'access_denied');
        assert.match(failure.headers?.get('x-turnpike-rule') ?? '', /^access\./);
      });

      test('throws PaymentRequiredError with the budget and when it starts anew', async () => {
        const failure = await refusal(client().messages.create({ ...asks('a'), model: refused.spent }));
        assert(failure instanceof Anthropic.PaymentRequiredError, String(failure));
        assert.equal(failure.type, 'billing_error');
        const { budget, resets_at: resetsAt } = Object(failure.details);
        assert.equal(budget, failure.headers?.get('x-turnpike-budget'));
        assert(Date.parse(resetsAt) > 0);
        assert(Number(failure.headers?.get('retry-after')) > 0);
      });

      test('throws RateLimitError with when to come back', async () => {
        const failure = await refusal(client().messages.create({ ...asks('a'), model: refused.throttled }));
        assert(failure instanceof Anthropic.RateLimitError, String(failure));
        assert.equal(failure.errorCode, 'throttled');
        assert(Number(failure.headers?.get('retry-after')) > 0);
      });
    }
  });
}

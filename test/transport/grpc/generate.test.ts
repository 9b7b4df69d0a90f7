/** Gateway.Generate and GenerateStream with a scripted gateway, over real connections. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type Client, status } from '@grpc/grpc-js';
import type { CancelSignal } from '../../../src/core/cancellation.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { GenerationRequest } from '../../../src/core/generation.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { readCallHints } from '../../../src/flows/call-hints.ts';
import type { GenerateRequestMessage } from '../../../src/transport/grpc/gateway-messages.ts';
import { createGrpcTransport } from '../../../src/transport/grpc/server.ts';
import { codecOf } from '../../../src/transport/grpc/wire.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import {
  type GatewayScript,
  generationReply,
  readsOf,
  type ScriptedGateway,
  type ScriptedStream,
  SERVED,
  scriptedGateway,
  scriptedStream,
  whole,
} from '../../support/scripted-gateway.ts';
import { answering } from '../http/support/scripted.ts';
import { gatewayClient, generate, generateStream } from './gateway-client.ts';

const HELLO: GenerateRequestMessage = { messages: [{ role: 'user', content: [{ text: 'Say hello' }] }] };

interface Serving {
  readonly client: Client;
  readonly transport: Transport;
  readonly gateway: ScriptedGateway;
}

async function serving(context: TestContext, script: GatewayScript = {}): Promise<Serving> {
  const gateway = scriptedGateway(script);
  const transport = createGrpcTransport(answering(), { port: 0, gateway });
  const client = gatewayClient(await transport.start());
  context.after(async () => {
    client.close();
    await transport.drain(200);
  });
  return { client, transport, gateway };
}

const generationOf = ({ asked }: ScriptedGateway): GenerationRequest => {
  const request = asked[0]?.request;
  assert(request?.kind === 'generation');
  return request;
};

describe('Gateway.Generate', { timeout: 30_000 }, () => {
  test('reads everything that a message can say', async (context) => {
    const { client, gateway } = await serving(context);
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
    const { answer } = generate(client, {
      model: 'auto',
      messages: [
        { role: 'system', content: [{ text: 'Be brief', cache: '1h' }] },
        {
          role: 'user',
          content: [
            { text: '' },
            { image: { data: png, media_type: 'image/png', detail: 'low' } },
            { image: { url: 'https://example.com/a.png' }, cache: '5m' },
            { document: { data: Buffer.from('%PDF'), media_type: 'application/pdf', name: 'a.pdf' } },
            { audio: { format: 'wav', data: Buffer.from('RIFF') } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { reasoning: { text: 'hm', signature: 's' } },
            { reasoning: { redacted: 'r' } },
            { text: 'Let me see' },
            { tool_call: { id: 'c1', name: 'look', arguments: '{"at":' } },
            { refusal: 'no' },
          ],
        },
        {
          role: 'tool',
          results: [
            {
              call_id: 'c1',
              content: [{ text: 'seen' }, { image: { url: 'https://example.com/b.png' } }],
              is_error: true,
            },
          ],
        },
      ],
      tools: [
        {
          name: 'look',
          description: 'Looks',
          parameters: '{"type":"object","properties":{"at":{"type":"string"}}}',
          strict: true,
        },
        { name: 'wait', cache: '5m' },
      ],
      tool_choice: { kind: 'tool', name: 'look' },
      parallel_tool_calls: false,
      output: { kind: 'json_schema', name: 'seen', schema: '{"type":"object"}', strict: true },
      sampling: {
        temperature: 0,
        top_p: 0.5,
        top_k: 3,
        frequency_penalty: -1,
        presence_penalty: 1,
        seed: 7,
        stop: ['END'],
      },
      reasoning: { effort: 'low', budget_tokens: 100, adaptive: false, show: true },
      max_output_tokens: 800,
      user: 'u1',
    });
    assert.equal((await answer).status.code, status.OK);
    const text = (value: string) => ({ kind: 'text', text: value }) as const;
    const expected: GenerationRequest = {
      kind: 'generation',
      protocol: 'turnpike',
      model: 'auto',
      messages: [
        { role: 'system', content: [{ ...text('Be brief'), cache: { lifetime: '1h' } }] },
        {
          role: 'user',
          content: [
            text(''),
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw==' }, detail: 'low' },
            { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' }, cache: { lifetime: '5m' } },
            {
              kind: 'document',
              source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERg==' },
              name: 'a.pdf',
            },
            { kind: 'audio', format: 'wav', data: 'UklGRg==' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'hm', signature: 's' },
            { kind: 'reasoning', text: '', redacted: 'r' },
            text('Let me see'),
            { kind: 'tool_call', id: 'c1', name: 'look', arguments: '{"at":' },
            { kind: 'refusal', text: 'no' },
          ],
        },
        {
          role: 'tool',
          results: [
            {
              callId: 'c1',
              content: [text('seen'), { kind: 'image', source: { kind: 'url', url: 'https://example.com/b.png' } }],
              isError: true,
            },
          ],
        },
      ],
      tools: [
        {
          name: 'look',
          description: 'Looks',
          parameters: { type: 'object', properties: { at: { type: 'string' } } },
          strict: true,
        },
        { name: 'wait', parameters: { type: 'object', properties: {} }, cache: { lifetime: '5m' } },
      ],
      toolChoice: { kind: 'tool', name: 'look' },
      parallelToolCalls: false,
      output: { kind: 'json_schema', name: 'seen', schema: { type: 'object' }, strict: true },
      sampling: {
        temperature: 0,
        topP: 0.5,
        topK: 3,
        frequencyPenalty: -1,
        presencePenalty: 1,
        seed: 7,
        stop: ['END'],
      },
      reasoning: { effort: 'low', budgetTokens: 100, adaptive: false, show: true },
      maxOutputTokens: 800,
      stream: false,
      user: 'u1',
      body: {},
      unkept: [],
    };
    assert.deepEqual(generationOf(gateway), expected);
  });

  test('answers with everything that a reply can say, and tells in metadata who served it and what it cost', async (context) => {
    const { client } = await serving(context, {
      call: () =>
        whole(
          generationReply({
            content: [
              { kind: 'reasoning', text: 'hm', signature: 's' },
              { kind: 'text', text: 'Seen' },
              { kind: 'tool_call', id: 'c1', name: 'look', arguments: '{}' },
              { kind: 'refusal', text: 'no' },
            ],
            finish: 'stop_sequence',
            stopSequence: 'END',
            usage: {
              kind: 'exact',
              tokens: {
                input: 10,
                output: 5,
                cacheRead: 1,
                cacheWrite: 2,
                cacheWrite1h: 3,
                reasoning: 4,
                tier: 'flex',
              },
            },
          }),
        ),
    });
    const { message, headers } = await generate(client, HELLO).answer;
    assert.deepEqual(message, {
      id: 'reply-1',
      model: 'small-2026-01-01',
      content: [
        { reasoning: { text: 'hm', signature: 's' } },
        { text: 'Seen' },
        { tool_call: { id: 'c1', name: 'look', arguments: '{}' } },
        { refusal: 'no' },
      ],
      finish: 'stop_sequence',
      stop_sequence: 'END',
      usage: {
        kind: 'exact',
        input: 10,
        output: 5,
        cache_read: 1,
        cache_write: 2,
        cache_write_1h: 3,
        reasoning: 4,
        tier: 'flex',
      },
    });
    const { 'content-type': _type, date: _date, ...told } = headers;
    assert.deepEqual(told, {
      'x-turnpike-decision-id': SERVED.decisionId,
      'x-turnpike-target': 'simulated/small',
      'x-turnpike-attempts': '2',
      'x-turnpike-cost-usd': '0.0012345',
      traceparent: SERVED.headers['traceparent'],
    });
  });

  test('hands hints of the message on as headers say them, and those of metadata where it is silent', async (context) => {
    const { client, gateway } = await serving(context);
    await generate(
      client,
      { ...HELLO, task: 'summarize', priority: 'batch', data_class: 'internal', tags: { a: '1', b: 'x=y' } },
      { headers: { 'x-turnpike-region': 'eu', 'x-turnpike-task': 'other', 'x-turnpike-team': 'search' } },
    ).answer;
    const arrival = gateway.asked[0]?.arrival;
    assert(arrival);
    assert.equal(arrival.header('x-turnpike-task'), 'summarize');
    assert.equal(arrival.header('x-turnpike-team'), 'search');
  });

  for (const [field, fault, message] of [
    ['messages', 'must not be empty', {}],
    [
      'messages[0].role',
      'must be system, user, assistant or tool, not "root"',
      { messages: [{ role: 'root', content: [{ text: 'a' }] }] },
    ],
    ['messages[0].content', 'must not be empty', { messages: [{ role: 'user' }] }],
    ['messages[0].content[0]', 'must have one of', { messages: [{ role: 'user', content: [{}] }] }],
    [
      'messages[0].content[0]',
      'has text and refusal, must have one of them',
      { messages: [{ role: 'user', content: [{ text: 'a', refusal: 'b' }] }] },
    ],
    [
      'messages[0].content[0]',
      'must be text, not refusal',
      { messages: [{ role: 'system', content: [{ refusal: 'b' }] }] },
    ],
    ['messages[0].results', 'is required with the role tool', { messages: [{ role: 'tool' }] }],
    [
      'messages[0].results',
      'is allowed with the role tool alone',
      { messages: [{ role: 'user', results: [{ call_id: 'a' }] }] },
    ],
    ['messages[0].results[0].call_id', 'is required', { messages: [{ role: 'tool', results: [{}] }] }],
    [
      'messages[0].results[0].call_id',
      'no tool call before it waits for a result of "a"',
      { messages: [{ role: 'tool', results: [{ call_id: 'a' }] }] },
    ],
    ...[[{ role: 'user', content: [{ text: 'a' }] }], [], [{ role: 'assistant', content: [{ text: 'a' }] }]].map(
      (more) =>
        [
          'messages[1].content[0].tool_call',
          'the tool call "a" has no result behind it',
          {
            messages: [
              { role: 'user', content: [{ text: 'a' }] },
              { role: 'assistant', content: [{ tool_call: { id: 'a', name: 'f' } }] },
              ...more,
            ],
          },
        ] as const,
    ),
    [
      'messages[0].content[1].tool_call.id',
      'there is another call with the id "a"',
      {
        messages: [
          {
            role: 'assistant',
            content: [{ tool_call: { id: 'a', name: 'f' } }, { tool_call: { id: 'a', name: 'f' } }],
          },
        ],
      },
    ],
    [
      'messages[0].content[0].cache',
      'must be one of 5m, 1h, not "2h"',
      { messages: [{ role: 'user', content: [{ text: 'a', cache: '2h' }] }] },
    ],
    [
      'messages[0].content[0].image',
      'must have data or url',
      { messages: [{ role: 'user', content: [{ image: {} }] }] },
    ],
    [
      'messages[0].content[0].image.media_type',
      'is required with data',
      { messages: [{ role: 'user', content: [{ image: { data: Buffer.from('abc') } }] }] },
    ],
    [
      'messages[0].content[0].image.url',
      'must be an https or http address',
      { messages: [{ role: 'user', content: [{ image: { url: 'file:///etc/passwd' } }] }] },
    ],
    ['tools[0].name', 'must be 1 to 64 letters', { ...HELLO, tools: [{ name: 'a b' }] }],
    ['tools[1].name', 'there is another tool called "a"', { ...HELLO, tools: [{ name: 'a' }, { name: 'a' }] }],
    ['tools[0].parameters', 'is not JSON', { ...HELLO, tools: [{ name: 'a', parameters: '{' }] }],
    ['tools[0].parameters', 'must be an object', { ...HELLO, tools: [{ name: 'a', parameters: '[]' }] }],
    [
      'tools[0].parameters',
      'nested at most 64 deep',
      { ...HELLO, tools: [{ name: 'a', parameters: '['.repeat(100_000) }] },
    ],
    ['tool_choice', 'is allowed only beside tools', { ...HELLO, tool_choice: { kind: 'auto' } }],
    [
      'tool_choice.name',
      'there is no tool called "b"',
      { ...HELLO, tools: [{ name: 'a' }], tool_choice: { kind: 'tool', name: 'b' } },
    ],
    ['output.kind', 'must be one of text, json, json_schema, not "xml"', { ...HELLO, output: { kind: 'xml' } }],
    ['output.schema', 'is required with json_schema', { ...HELLO, output: { kind: 'json_schema', name: 'a' } }],
    ['sampling.temperature', 'must be from 0 to 2, not NaN', { ...HELLO, sampling: { temperature: Number.NaN } }],
    ['sampling.top_k', 'must be from 1 to', { ...HELLO, sampling: { top_k: 0 } }],
    ['sampling.stop', 'must not hold an empty text', { ...HELLO, sampling: { stop: [''] } }],
    ['reasoning.effort', 'must be one of', { ...HELLO, reasoning: { effort: 'huge' } }],
    ['max_output_tokens', 'must be from 1 to', { ...HELLO, max_output_tokens: -1 }],
    ['model', 'must have 1 to 256 characters, not 0', { ...HELLO, model: '' }],
  ] as const satisfies readonly (readonly [string, string, GenerateRequestMessage])[]) {
    test(`refuses by name: ${field} ${fault}`, async (context) => {
      const { client, gateway } = await serving(context);
      const { status: ended } = await generate(client, message).answer;
      assert.equal(ended.code, status.INVALID_ARGUMENT, ended.details);
      assert(ended.details.startsWith(`${field}: `) && ended.details.includes(fault), ended.details);
      assert.equal(errorInfo(ended)?.metadata?.['param'], field);
      assert.deepEqual(gateway.asked, []);
    });
  }

  test('refuses tags that no header can hold, and bytes that are no message', async (context) => {
    const { client } = await serving(context, {
      call: ({ arrival }) => {
        readCallHints(arrival.header);
        return whole();
      },
    });
    const { status: tagged } = await generate(client, { ...HELLO, tags: { a: 'b,c' } }).answer;
    assert.match(tagged.details, /^tags: /);
    const { status: torn } = await generate(client, {}, { bytes: Buffer.from([0x0a, 0xff]) }).answer;
    assert.equal(torn.code, status.INVALID_ARGUMENT);
  });

  for (const [code, grpc, details, metadata, seconds] of [
    [
      'access_denied',
      status.PERMISSION_DENIED,
      { rule: 'access.models', reason: 'model_not_allowed' },
      { rule: 'access.models', reason: 'model_not_allowed' },
      undefined,
    ],
    [
      'budget_exhausted',
      status.RESOURCE_EXHAUSTED,
      { budget: 'team-day', resetsAt: '2026-11-24T00:00:00Z', retryAfterMs: 90_500 },
      { budget: 'team-day', resets_at: '2026-11-24T00:00:00Z' },
      90.5,
    ],
    ['throttled', status.RESOURCE_EXHAUSTED, { retryAfterMs: 2000 }, undefined, 2],
    [
      'upstream_timeout',
      status.DEADLINE_EXCEEDED,
      { target: 'a/b', attempts: 3, decisionId: 'd-1' },
      { target: 'a/b', attempts: '3', decision_id: 'd-1' },
      undefined,
    ],
  ] as const) {
    test(`says ${code} with all that is known of it`, async (context) => {
      for (const call of [generate, generateStream]) {
        const { client } = await serving(context, {
          call: () => {
            throw new Failure(code, 'as the test says', { details });
          },
        });
        const asked = call(client, HELLO);
        const ended = await ('answer' in asked ? asked.answer.then((answer) => answer.status) : asked.status);
        assert.equal(ended.code, grpc);
        assert.deepEqual(errorInfo(ended), { reason: code, domain: 'turnpike', ...(metadata && { metadata }) });
        assert.equal(retryDelayS(ended), seconds);
      }
    });
  }

  test('aborts the call within 100 ms of its cancelling, and at its deadline', async (context) => {
    const asked = Promise.withResolvers<CancelSignal>();
    const { client } = await serving(context, {
      call: ({ signal }) => {
        asked.resolve(signal);
        return new Promise(() => undefined);
      },
    });
    const { cancel } = generate(client, HELLO);
    const aborted = (signal: CancelSignal) =>
      new Promise<number>((resolve) => signal.addEventListener('abort', () => resolve(performance.now())));
    const first = aborted(await asked.promise);
    const leftAt = performance.now();
    cancel();
    assert((await first) - leftAt < 100);

    const late = await serving(context, {
      call: ({ signal }) => {
        ended.resolve(aborted(signal));
        return new Promise(() => undefined);
      },
    });
    const ended = Promise.withResolvers<number>();
    const { answer } = generate(late.client, HELLO, { deadlineAtMs: Date.now() + 80 });
    assert.equal((await answer).status.code, status.DEADLINE_EXCEEDED);
    await ended.promise;
    assert(late.gateway.arrivals[0]?.deadlineAtMs !== undefined);
  });
});

describe('Gateway.GenerateStream', { timeout: 30_000 }, () => {
  const streaming = (context: TestContext, stream: ScriptedStream): Promise<Serving> =>
    serving(context, { call: () => stream.reply });

  test('tells every event as it comes, and what it came to behind the end', async (context) => {
    const said: readonly StreamEvent[] = [
      { kind: 'start', id: 'r', model: 'm' },
      { kind: 'reasoning', text: 'hm' },
      { kind: 'reasoning_signature', signature: 's' },
      { kind: 'reasoning_redacted', data: 'd' },
      { kind: 'text', text: 'a' },
      { kind: 'tool_call', index: 0, id: 'c', name: 'look' },
      { kind: 'tool_arguments', index: 0, text: '{}' },
      { kind: 'refusal', text: 'no' },
      { kind: 'finish', reason: 'tool_calls' },
      { kind: 'usage', tokens: { input: 1, output: 2 } },
      { kind: 'end' },
    ];
    const { client, gateway } = await streaming(context, scriptedStream({ reads: [said], ends: 'well' }));
    const streamed = generateStream(client, HELLO);
    const ended = await streamed.status;
    assert.deepEqual(streamed.events, [
      { start: { id: 'r', model: 'm' } },
      { reasoning: 'hm' },
      { reasoning_signature: 's' },
      { reasoning_redacted: 'd' },
      { text: 'a' },
      { tool_call: { index: 0, id: 'c', name: 'look' } },
      { tool_arguments: { index: 0, text: '{}' } },
      { refusal: 'no' },
      { finish: { reason: 'tool_calls' } },
      { usage: { kind: 'exact', input: 1, output: 2 } },
    ]);
    assert.equal(ended.code, status.OK);
    const headers = await streamed.headers;
    assert.equal(headers['x-turnpike-target'], 'simulated/small');
    assert.equal(headers['x-turnpike-cost-usd'], undefined);
    assert.equal(ended.metadata.getMap()['x-turnpike-attempts'], '3');
    assert.equal(ended.metadata.getMap()['x-turnpike-cost-usd'], '0.000000042');
    assert.equal(generationOf(gateway).stream, true);
  });

  test('that breaks ends with an error, behind what was said', async (context) => {
    const failure = { outcome: 'connection', message: 'reset' } as const;
    const stream = scriptedStream({ reads: readsOf(['a']).slice(0, 2), ends: failure });
    const { client } = await streaming(context, stream);
    const streamed = generateStream(client, HELLO);
    assert.equal((await streamed.status).code, status.UNAVAILABLE);
    assert.equal(streamed.events.length, 2);
  });

  test('ends at the vendor within 100 ms of the client leaving', async (context) => {
    const stream = scriptedStream();
    const { client, gateway } = await streaming(context, stream);
    const { call } = generateStream(client, HELLO);
    await stream.started;
    stream.push([{ kind: 'text', text: 'a' }]);
    await new Promise((resolve) => call.once('data', resolve));
    const leftAt = performance.now();
    call.cancel();
    assert((await stream.cancelled) - leftAt < 100);
    assert.equal(gateway.asked[0]?.signal.aborted, true);
  });

  test('stops the reading of its vendor while the client does not read', async (context) => {
    const TOTAL = 2048;
    const event = { kind: 'text', text: 'x'.repeat(16_384) } as const;
    let pushed = 0;
    const pump = (): void => {
      while (!stream.isPaused() && pushed < TOTAL) {
        pushed += 1;
        stream.push([event]);
      }
      if (pushed === TOTAL && !stream.isPaused()) stream.close();
    };
    const stream = scriptedStream({ onResume: pump });
    const { client } = await streaming(context, stream);
    const streamed = generateStream(client, HELLO);
    streamed.call.pause();
    await stream.started;
    pump();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert(pushed < TOTAL / 4, `${pushed} of ${TOTAL} events were taken`);
    streamed.call.resume();
    assert.equal((await streamed.status).code, status.OK);
    assert.equal(streamed.events.length, TOTAL);
  });

  test('ends before a drain is over', async (context) => {
    const stream = scriptedStream();
    const { client, transport } = await streaming(context, stream);
    const streamed = generateStream(client, HELLO);
    await stream.started;
    stream.push([{ kind: 'text', text: 'a' }]);
    await streamed.headers;
    const drained = transport.drain(20_000);
    stream.push([{ kind: 'text', text: 'b' }]);
    stream.close();
    assert.equal((await streamed.status).code, status.OK);
    assert.deepEqual(streamed.events, [{ text: 'a' }, { text: 'b' }]);
    await drained;
  });
});

interface Info {
  readonly reason: string;
  readonly domain: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

function detailsOf(ended: { readonly metadata: { get(name: string): readonly (string | Buffer)[] } }) {
  const [bytes] = ended.metadata.get('grpc-status-details-bin');
  assert(Buffer.isBuffer(bytes));
  const { details } = codecOf<{ details: readonly { type_url: string; value: Buffer }[] }>('google.rpc.Status').decode(
    bytes,
  );
  return new Map(details.map(({ type_url, value }) => [type_url.split('/').at(-1), Buffer.from(value)]));
}

function errorInfo(ended: Parameters<typeof detailsOf>[0]): Info | undefined {
  const bytes = detailsOf(ended).get('google.rpc.ErrorInfo');
  return bytes && codecOf<Info>('google.rpc.ErrorInfo').decode(bytes);
}

function retryDelayS(ended: Parameters<typeof detailsOf>[0]): number | undefined {
  const bytes = detailsOf(ended).get('google.rpc.RetryInfo');
  if (bytes === undefined) return undefined;
  const { retry_delay: delay } = codecOf<{ retry_delay: { seconds?: bigint; nanos?: number } }>(
    'google.rpc.RetryInfo',
  ).decode(bytes);
  return Number(delay.seconds ?? 0n) + (delay.nanos ?? 0) / 1e9;
}

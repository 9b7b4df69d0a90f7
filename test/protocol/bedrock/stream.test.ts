import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { createConverseReader } from '../../../src/protocol/bedrock/stream.ts';

const NAME = { id: 'req-1', model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' };

type Message = readonly [type: string, document: unknown];

function read(messages: readonly Message[]): readonly StreamEvent[] {
  const reader = createConverseReader(NAME);
  const events = messages.flatMap(([type, document]) => reader.read(type, JSON.stringify(document)));
  return [...events, ...(reader.ended?.() ?? [])];
}

const START: Message = ['messageStart', { role: 'assistant', p: 'abcd' }];
const STOP: Message = ['messageStop', { stopReason: 'end_turn', p: 'ab' }];
const METADATA: Message = [
  'metadata',
  { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 }, metrics: { latencyMs: 3 } },
];
const text = (piece: string): Message => [
  'contentBlockDelta',
  { contentBlockIndex: 0, delta: { text: piece }, p: 'x' },
];
const started: StreamEvent = { kind: 'start', ...NAME };
const used: StreamEvent = { kind: 'usage', tokens: { input: 10, output: 5 } };

interface Case {
  readonly name: string;
  readonly messages: readonly Message[];
  readonly events: readonly StreamEvent[];
}

const CASES: readonly Case[] = [
  {
    name: 'text in pieces, with the block stop and the padding that AWS adds',
    messages: [START, text('Hel'), text('lo'), ['contentBlockStop', { contentBlockIndex: 0 }], STOP, METADATA],
    events: [
      started,
      { kind: 'text', text: 'Hel' },
      { kind: 'text', text: 'lo' },
      { kind: 'finish', reason: 'stop' },
      used,
      { kind: 'end' },
    ],
  },
  {
    name: 'two tools called at once, whose input comes in turns',
    messages: [
      START,
      text('Both.'),
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't1', name: 'weather' } } }],
      ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't2', name: 'time' } } }],
      ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"zone":' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"city":"Rome"}' } } }],
      ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '"CET"}' } } }],
      ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '' } } }],
      ['messageStop', { stopReason: 'tool_use' }],
      METADATA,
    ],
    events: [
      started,
      { kind: 'text', text: 'Both.' },
      { kind: 'tool_call', index: 0, id: 't1', name: 'weather' },
      { kind: 'tool_call', index: 1, id: 't2', name: 'time' },
      { kind: 'tool_arguments', index: 1, text: '{"zone":' },
      { kind: 'tool_arguments', index: 0, text: '{"city":"Rome"}' },
      { kind: 'tool_arguments', index: 1, text: '"CET"}' },
      { kind: 'finish', reason: 'tool_calls' },
      used,
      { kind: 'end' },
    ],
  },
  {
    name: 'thought, its signature, and thought that is encrypted',
    messages: [
      START,
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Two and two' } } }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'SIG==' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { reasoningContent: { redactedContent: 'c2VjcmV0' } } }],
      text('4'),
      STOP,
      METADATA,
    ],
    events: [
      started,
      { kind: 'reasoning', text: 'Two and two' },
      { kind: 'reasoning_signature', signature: 'SIG==' },
      { kind: 'reasoning_redacted', data: 'c2VjcmV0' },
      { kind: 'text', text: '4' },
      { kind: 'finish', reason: 'stop' },
      used,
      { kind: 'end' },
    ],
  },
  {
    name: 'which stop sequence it was, and what the cache held',
    messages: [
      START,
      text('a'),
      ['messageStop', { stopReason: 'stop_sequence', additionalModelResponseFields: { stop_sequence: 'END' } }],
      [
        'metadata',
        {
          usage: {
            inputTokens: 16,
            outputTokens: 9,
            totalTokens: 2425,
            cacheReadInputTokens: 400,
            cacheWriteInputTokens: 2000,
            cacheDetails: [
              { ttl: '1h', inputTokens: 1500 },
              { ttl: '5m', inputTokens: 500 },
            ],
          },
          serviceTier: { type: 'flex' },
        },
      ],
    ],
    events: [
      started,
      { kind: 'text', text: 'a' },
      { kind: 'finish', reason: 'stop_sequence', stopSequence: 'END' },
      {
        kind: 'usage',
        tokens: { input: 2416, output: 9, cacheRead: 400, cacheWrite: 500, cacheWrite1h: 1500, tier: 'flex' },
      },
      { kind: 'end' },
    ],
  },
  {
    name: 'events that are not known yet are passed over',
    messages: [
      START,
      ['somethingNew', { a: 1 }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { hologram: {} } }],
      text('a'),
      STOP,
      METADATA,
    ],
    events: [started, { kind: 'text', text: 'a' }, { kind: 'finish', reason: 'stop' }, used, { kind: 'end' }],
  },
  {
    name: 'an answer that is whole but for its usage ends well',
    messages: [START, text('a'), STOP],
    events: [started, { kind: 'text', text: 'a' }, { kind: 'finish', reason: 'stop' }, { kind: 'end' }],
  },
  {
    name: 'a body that ends before the stop has no end',
    messages: [START, text('a')],
    events: [started, { kind: 'text', text: 'a' }],
  },
];

for (const { name, messages, events } of CASES) {
  test(`a stream: ${name}`, () => assert.deepEqual(read(messages), events));
}

const REASONS: readonly (readonly [string, string])[] = [
  ['end_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['content_filtered', 'content_filter'],
  ['guardrail_intervened', 'content_filter'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['a_reason_of_tomorrow', 'stop'],
];

test('each reason to stop has its word', () => {
  for (const [stopReason, reason] of REASONS) {
    const finish = read([START, ['messageStop', { stopReason }]]).find(({ kind }) => kind === 'finish');
    assert.deepEqual(finish, { kind: 'finish', reason });
  }
});

const BROKEN: readonly {
  readonly name: string;
  readonly messages: readonly Message[];
  readonly says: RegExp;
  readonly outcome?: string;
}[] = [
  { name: 'a second start', messages: [START, text('a'), START], says: /messageStart came twice/ },
  { name: 'output before the start', messages: [text('a')], says: /contentBlockDelta came before messageStart/ },
  {
    name: 'output behind the stop',
    messages: [START, STOP, text('a')],
    says: /contentBlockDelta came after messageStop/,
  },
  { name: 'a second stop', messages: [START, STOP, STOP], says: /messageStop came after messageStop/ },
  { name: 'a stop without a reason', messages: [START, ['messageStop', {}]], says: /no stopReason/ },
  {
    name: 'a tool that starts twice',
    messages: [
      START,
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't', name: 'f' } } }],
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't', name: 'f' } } }],
    ],
    says: /came twice for block 1/,
  },
  {
    name: 'a tool without a name',
    messages: [START, ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't' } } }]],
    says: /toolUseId or name/,
  },
  {
    name: 'input of a tool that did not start',
    messages: [START, ['contentBlockDelta', { contentBlockIndex: 4, delta: { toolUse: { input: '{}' } } }]],
    says: /did not start/,
  },
  { name: 'an event that is a list', messages: [['messageStart', []]], says: /is no JSON object/ },
  {
    name: 'a tool call that is malformed',
    messages: [START, ['messageStop', { stopReason: 'malformed_tool_use' }]],
    says: /malformed_tool_use/,
    outcome: 'degraded',
  },
  {
    name: 'a throttle',
    messages: [START, text('a'), ['throttlingException', { message: 'Too many tokens' }]],
    says: /throttlingException: Too many tokens/,
    outcome: 'rate_limited',
  },
  {
    name: 'an error of the model',
    messages: [START, ['modelStreamErrorException', { message: 'boom', originalStatusCode: 500 }]],
    says: /boom/,
  },
  {
    name: 'an invalid request',
    messages: [['validationException', { message: 'bad' }]],
    says: /bad/,
    outcome: 'invalid_request',
  },
  {
    name: 'a prompt that is too long',
    messages: [['validationException', { message: 'Input is too long for requested model.' }]],
    says: /too long/,
    outcome: 'context_length',
  },
  {
    name: 'an error that its model does not know',
    messages: [['error', { message: 'InternalError somewhere' }]],
    says: /InternalError/,
  },
];

for (const { name, messages, says, outcome = 'unavailable' } of BROKEN) {
  test(`a stream that breaks: ${name} is the last event, and never an end`, () => {
    const events = read([...messages, text('later'), STOP, METADATA]);
    const last = events.at(-1);
    assert.ok(last?.kind === 'error', JSON.stringify(last));
    assert.match(last.failure.message, says);
    assert.equal(last.failure.outcome, outcome);
  });
}

test('an exception whose payload is no JSON is still told by its name', () => {
  const reader = createConverseReader(NAME);
  const [event] = reader.read('serviceUnavailableException', 'not json');
  assert.ok(event?.kind === 'error');
  assert.equal(event.failure.outcome, 'unavailable');
  assert.match(event.failure.message, /not json/);
});

test('usage that cannot be is unknown, and not zero', () => {
  const usages: readonly unknown[] = [
    undefined,
    null,
    {},
    { inputTokens: 1 },
    { inputTokens: -1, outputTokens: 2 },
    { inputTokens: 1e300, outputTokens: 2 },
    { inputTokens: '1', outputTokens: 2 },
  ];
  for (const usage of usages) {
    assert.ok(
      !read([START, STOP, ['metadata', { usage }]]).some(({ kind }) => kind === 'usage'),
      JSON.stringify(usage),
    );
  }
});

test('any documents in any order are read to events, with nothing behind an error or an end', () => {
  const type = fc.constantFrom(
    'messageStart',
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
    'throttlingException',
    'error',
    '',
    '__proto__',
  );
  const document = fc.oneof(
    fc.json({ maxDepth: 4 }).map((json) => JSON.parse(json) as unknown),
    fc.record({
      contentBlockIndex: fc.nat(3),
      delta: fc.oneof(fc.record({ text: fc.string() }), fc.record({ toolUse: fc.record({ input: fc.string() }) })),
    }),
    fc.record({
      contentBlockIndex: fc.nat(3),
      start: fc.record({ toolUse: fc.record({ toolUseId: fc.string(), name: fc.string() }) }),
    }),
    fc.record({ stopReason: fc.constantFrom('end_turn', 'tool_use', 'x') }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(type, document), { maxLength: 30 }), (messages) => {
      const events = read(messages);
      const over = events.findIndex(({ kind }) => kind === 'error' || kind === 'end');
      assert.ok(over === -1 || over === events.length - 1);
      const calls = events.flatMap((event) => (event.kind === 'tool_call' ? [event.index] : []));
      assert.deepEqual(
        calls,
        calls.map((_, at) => at),
      );
    }),
    { numRuns: 500 },
  );
});

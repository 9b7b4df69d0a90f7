import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { openAiResponsesFront } from '../../../src/protocol/openai-responses/front.ts';
import { createSseParser } from '../../../src/protocol/sse.ts';
import { listAt, objectAt, parseDocument } from '../../../src/protocol/vendor-document.ts';

const REQUEST = openAiResponsesFront.readRequest({ model: 'alias', input: 'Hi', stream: true });
const START: StreamEvent = { kind: 'start', id: 'resp_1', model: 'gpt-x' };
const STOP: readonly StreamEvent[] = [{ kind: 'finish', reason: 'stop' }, { kind: 'end' }];

const newWriter = () => openAiResponsesFront.createStreamWriter(REQUEST, { id: 'i', createdS: 7 });

function messagesOf(text: string): readonly JsonObject[] {
  const messages: JsonObject[] = [];
  createSseParser((type, data) => {
    const message = parseDocument(data);
    assert.ok(isJsonObject(message));
    assert.equal(message['type'], type);
    messages.push(message);
  }).feed(Buffer.from(text));
  assert.deepEqual(
    messages.map((message) => message['sequence_number']),
    messages.map((_message, index) => index),
  );
  return messages;
}

function written(events: readonly StreamEvent[]): readonly JsonObject[] {
  const writer = newWriter();
  return messagesOf(events.map((event) => writer.write(event)).join(''));
}

const typesOf = (messages: readonly JsonObject[]) => messages.map(({ type }) => String(type).replace('response.', ''));

const CASES: readonly { readonly name: string; readonly events: readonly StreamEvent[]; readonly types: string }[] = [
  {
    name: 'a text in two pieces',
    events: [START, { kind: 'text', text: 'Hel' }, { kind: 'text', text: 'lo' }, ...STOP],
    types:
      'created in_progress output_item.added content_part.added output_text.delta output_text.delta ' +
      'output_text.done content_part.done output_item.done completed',
  },
  {
    name: 'thought, a text and a refusal behind it, in one message',
    events: [
      START,
      { kind: 'reasoning', text: 'Hm' },
      { kind: 'reasoning', text: '.' },
      { kind: 'text', text: 'Well.' },
      { kind: 'refusal', text: 'No.' },
      ...STOP,
    ],
    types:
      'created in_progress output_item.added reasoning_summary_part.added reasoning_summary_text.delta ' +
      'reasoning_summary_text.delta reasoning_summary_text.done reasoning_summary_part.done output_item.done ' +
      'output_item.added content_part.added output_text.delta output_text.done content_part.done ' +
      'content_part.added refusal.delta refusal.done content_part.done output_item.done completed',
  },
  {
    name: 'two calls, one behind the other: the first is done when the second begins',
    events: [
      START,
      { kind: 'tool_call', index: 0, id: 'a', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{}' },
      { kind: 'tool_call', index: 1, id: 'b', name: 'f' },
      { kind: 'tool_arguments', index: 1, text: '{}' },
      { kind: 'finish', reason: 'tool_calls' },
      { kind: 'end' },
    ],
    types:
      'created in_progress output_item.added function_call_arguments.delta function_call_arguments.done ' +
      'output_item.done output_item.added function_call_arguments.delta function_call_arguments.done ' +
      'output_item.done completed',
  },
  {
    name: 'two calls side by side: both are done at the end',
    events: [
      START,
      { kind: 'tool_call', index: 0, id: 'a', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{' },
      { kind: 'tool_call', index: 1, id: 'b', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '}' },
      { kind: 'tool_arguments', index: 1, text: '{}' },
      { kind: 'finish', reason: 'tool_calls' },
      { kind: 'end' },
    ],
    types:
      'created in_progress output_item.added function_call_arguments.delta output_item.added ' +
      'function_call_arguments.delta function_call_arguments.delta function_call_arguments.done output_item.done ' +
      'function_call_arguments.done output_item.done completed',
  },
  {
    name: 'an answer that was cut',
    events: [START, { kind: 'text', text: 'Hel' }, { kind: 'finish', reason: 'length' }, { kind: 'end' }],
    types:
      'created in_progress output_item.added content_part.added output_text.delta output_text.done ' +
      'content_part.done output_item.done incomplete',
  },
  {
    name: 'encrypted thought of OpenAI without words, and none of another vendor',
    events: [
      START,
      { kind: 'reasoning_signature', signature: 'openai:gAAA' },
      { kind: 'reasoning_signature', signature: 'theirs' },
      { kind: 'reasoning_redacted', data: 'theirs' },
      ...STOP,
    ],
    types: 'created in_progress output_item.added output_item.done completed',
  },
  { name: 'nothing at all', events: [{ kind: 'end' }], types: 'created in_progress completed' },
  {
    name: 'empty pieces, which are nothing',
    events: [
      START,
      { kind: 'text', text: '' },
      { kind: 'refusal', text: '' },
      { kind: 'reasoning', text: '' },
      { kind: 'tool_arguments', index: 7, text: 'x' },
      ...STOP,
    ],
    types: 'created in_progress completed',
  },
];

describe('events of a reply', () => {
  for (const { name, events, types } of CASES) {
    it(`are the events of a response: ${name}`, () => {
      const messages = written(events);
      assert.equal(typesOf(messages).join(' '), types);
    });

    it(`end in a response that holds each item as it was told: ${name}`, () => {
      const messages = written(events);
      const items = messages.filter(({ type }) => type === 'response.output_item.done');
      const byPlace = [...items].sort((one, other) => Number(one['output_index']) - Number(other['output_index']));
      assert.deepEqual(
        byPlace.map((message) => message['item']),
        listAt(objectAt(messages.at(-1), 'response'), 'output'),
      );
    });
  }

  it('hold their text in the last response, with its usage and the reason why it is incomplete', () => {
    const tokens = { input: 2, output: 3 };
    const messages = written([
      START,
      { kind: 'text', text: 'Hel' },
      { kind: 'usage', tokens },
      { kind: 'text', text: 'lo' },
      { kind: 'finish', reason: 'content_filter' },
      { kind: 'end' },
    ]);
    const response = objectAt(messages.at(-1), 'response');
    assert.deepEqual(response?.['incomplete_details'], { reason: 'content_filter' });
    assert.equal(objectAt(response, 'usage')?.['total_tokens'], 5);
    assert.deepEqual(response?.['output'], [
      {
        id: 'msg_1_0',
        type: 'message',
        status: 'incomplete',
        content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'Hello' }],
        role: 'assistant',
      },
    ]);
  });

  it('write the arguments of a call without any as those of an empty object, in every place', () => {
    const messages = written([START, { kind: 'tool_call', index: 0, id: 'a', name: 'f' }, ...STOP]);
    const delta = messages.find(({ type }) => type === 'response.function_call_arguments.delta');
    const done = messages.find(({ type }) => type === 'response.function_call_arguments.done');
    assert.deepEqual([delta?.['delta'], done?.['arguments']], ['{}', '{}']);
    assert.match(JSON.stringify(messages.at(-1)), /"arguments":"\{\}"/);
  });

  it('that fail end in an error and a failed response with what there is, and nothing behind it', () => {
    const writer = newWriter();
    const begun = [
      START,
      { kind: 'text', text: 'Hel' },
      { kind: 'tool_call', index: 0, id: 'a', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{"x' },
    ] as const;
    const text = begun.map((event) => writer.write(event)).join('');
    const failure = new Failure('budget_exhausted', 'the budget is spent', {
      details: { budget: 'team', param: 'model' },
    });
    const messages = messagesOf(text + writer.fail(failure));
    const [error, last] = messages.slice(-2);
    assert.deepEqual(error, {
      type: 'error',
      code: 'budget_exhausted',
      message: 'the budget is spent',
      param: 'model',
      details: { error_code: 'budget_exhausted', budget: 'team' },
      sequence_number: messages.length - 2,
    });
    assert.equal(last?.['type'], 'response.failed');
    const response = objectAt(last, 'response');
    assert.equal(response?.['status'], 'failed');
    assert.deepEqual(response?.['error'], { code: 'budget_exhausted', message: 'the budget is spent' });
    assert.deepEqual(
      listAt(response, 'output').map((item) => isJsonObject(item) && [item['type'], item['status']]),
      [
        ['message', 'completed'],
        ['function_call', 'incomplete'],
      ],
    );
    assert.equal(writer.write({ kind: 'end' }) + writer.fail(failure), '');
  });

  it('that fail before anything was said still begin', () => {
    const messages = messagesOf(newWriter().fail(new Failure('upstream_timeout', 'no answer')));
    assert.deepEqual(typesOf(messages), ['created', 'in_progress', 'error', 'failed']);
  });
});

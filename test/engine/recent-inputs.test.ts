import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInput, type PolicyInput } from '../../src/core/input.ts';
import { createRecentInputs } from '../../src/engine/recent-inputs.ts';

const CALLER = { team: 'search', application: 'assistant', environment: 'prod' };
const inputOf = (tokens: number): PolicyInput =>
  buildInput({ operation: 'chat', input_tokens: tokens }, CALLER, {}, undefined, {
    unix_ms: 0,
    date: '1970-01-01',
    weekday: 'thu',
    hour: 0,
  });

test('the first input is kept, then one of so many, and the oldest goes first', () => {
  const recent = createRecentInputs(3, 10);
  for (let index = 0; index < 45; index += 1) recent.note(inputOf(index));
  assert.deepEqual(
    recent.list().map((input) => input.call.input_tokens),
    [20, 30, 40],
  );
});

test('before anything was asked there is nothing to warm with', () => {
  assert.deepEqual(createRecentInputs().list(), []);
});

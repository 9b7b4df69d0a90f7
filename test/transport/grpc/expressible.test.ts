/** The client refuses what a message cannot say, before anything is sent. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireExpressible } from '../../../src/transport/grpc/expressible.ts';
import { REPORTS, REQUESTS } from '../../contract/transport-cases.ts';

const call = (field: object): object => ({ call: { operation: 'chat', ...field } });

const REFUSED: readonly { readonly document: unknown; readonly message: string }[] = [
  { document: null, message: '/: must be an object' },
  { document: [], message: '/: must be an object' },
  { document: 'x', message: '/: must be an object (actual: "x")' },
  { document: { calls: {} }, message: '/: unknown field "calls"' },
  { document: call({ modle: 'x' }), message: '/call: unknown field "modle"' },
  { document: { call: 'chat' }, message: '/call: must be an object (actual: "chat")' },
  { document: call({ model: 1 }), message: '/call/model: must be string (actual: 1)' },
  { document: call({ model: null }), message: '/call/model: must be string' },
  { document: call({ stream: 'yes' }), message: '/call/stream: must be boolean (actual: "yes")' },
  { document: call({ input_tokens: '7' }), message: '/call/input_tokens: must be a 32-bit integer (actual: "7")' },
  { document: call({ input_tokens: 1.5 }), message: '/call/input_tokens: must be a 32-bit integer (actual: 1.5)' },
  {
    document: call({ input_tokens: 2 ** 31 }),
    message: '/call/input_tokens: must be a 32-bit integer (actual: 2147483648)',
  },
  { document: call({ needs: 'tools' }), message: '/call/needs: must be an array (actual: "tools")' },
  { document: call({ needs: ['tools', 1] }), message: '/call/needs/1: must be string (actual: 1)' },
  { document: call({ tags: ['a'] }), message: '/call/tags: must be an object' },
  { document: call({ tags: { a: 1 } }), message: '/call/tags/a: must be string (actual: 1)' },
  {
    document: { facts: { budgets: [{ id: 'b', state: 'ok', remaining_nano_usd: 2 ** 53 }] } },
    message: '/facts/budgets/0/remaining_nano_usd: must be integer (actual: 9007199254740992)',
  },
  {
    document: { facts: { limits: [{ retry_after_ms: -1 }] } },
    message: '/facts/limits/0/retry_after_ms: must be an unsigned 32-bit integer (actual: -1)',
  },
  {
    document: { facts: { targets: { 'a/b': { quality: '1' } } } },
    message: '/facts/targets/a/b/quality: must be number (actual: "1")',
  },
];

describe('gRPC client', () => {
  for (const { document, message } of REFUSED) {
    test(`refuses ${JSON.stringify(document)}`, () => {
      assert.throws(() => requireExpressible('turnpike.v1.DecideRequest', document), {
        code: 'invalid_request',
        message,
      });
    });
  }

  test('sends every document of the contract', () => {
    for (const { request } of REQUESTS) requireExpressible('turnpike.v1.DecideRequest', request);
    for (const { report } of REPORTS) requireExpressible('turnpike.v1.ReportRequest', report);
  });

  test('takes an undefined member for an absent one', () => {
    requireExpressible('turnpike.v1.DecideRequest', call({ model: undefined }));
  });
});

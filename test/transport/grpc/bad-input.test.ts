/** What cannot be read is refused by name, with the right status, and the server goes on. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Client, Metadata, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { createGrpcTransport } from '../../../src/transport/grpc/server.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { type ScriptedFlows, scriptedFlows } from '../../contract/scripted-flows.ts';
import { DECISIONS } from '../../contract/transport-cases.ts';
import { bytesOf, DECIDE, rawClient, rawUnary } from './raw-call.ts';

const [{ decision }] = DECISIONS as [(typeof DECISIONS)[0]];
const GOOD = bytesOf('turnpike.v1.DecideRequest', { call: { operation: 'chat' } });

/** `call.operation` with these bytes as its text. */
const operation = (...text: number[]): Buffer => Buffer.from([0x0a, text.length + 2, 0x0a, text.length, ...text]);

const UNREADABLE: readonly { readonly name: string; readonly bytes: Buffer; readonly details: RegExp }[] = [
  {
    name: 'random bytes',
    bytes: Buffer.from('ffffffffffffffffffffffff', 'hex'),
    details: /not a turnpike\.v1\.DecideRequest/,
  },
  { name: 'a message cut off', bytes: GOOD.subarray(0, GOOD.length - 2), details: /not a turnpike\.v1\.DecideRequest/ },
  { name: 'JSON', bytes: Buffer.from('{"call":{"operation":"chat"}}'), details: /not a turnpike\.v1\.DecideRequest/ },
  {
    name: 'a length past the end',
    bytes: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    details: /not a turnpike/,
  },
  { name: 'groups nested without end', bytes: Buffer.alloc(100_000, 0x7b), details: /not a turnpike/ },
  { name: 'a lone continuation byte', bytes: operation(0x61, 0x80), details: /text at byte 4 is not UTF-8/ },
  { name: 'an overlong slash', bytes: operation(0xc0, 0xaf), details: /not UTF-8/ },
  { name: 'half of a surrogate pair', bytes: operation(0xed, 0xa0, 0xbd), details: /not UTF-8/ },
  { name: 'a call that is a number', bytes: Buffer.from([0x08, 0x96, 0x01]), details: /not a turnpike/ },
  {
    name: 'an int64 that no number holds',
    bytes: bytesOf('turnpike.v1.DecideRequest', {
      call: { operation: 'chat' },
      facts: { budgets: [{ id: 'b', state: 'ok', remaining_nano_usd: '9007199254740992' }] },
    }),
    details: /^\/budgets\/0\/remaining_nano_usd: must be <= 9007199254740991 \(actual: 9007199254740992\)$/,
  },
];

describe('gRPC, bad input', () => {
  let flows: ScriptedFlows;
  let transport: Transport;
  let client: Client;
  beforeEach(async () => {
    flows = scriptedFlows({ decide: () => decision });
    transport = createGrpcTransport(flows, { port: 0 });
    client = rawClient(await transport.start());
  });
  afterEach(async () => {
    client.close();
    await transport.drain(1000);
  });

  const stillServes = async (): Promise<void> => assert.equal((await rawUnary(client, DECIDE, GOOD)).code, status.OK);

  for (const { name, bytes, details } of UNREADABLE) {
    test(`refuses ${name} as INVALID_ARGUMENT, decides nothing, and tells telemetry`, async () => {
      const end = await rawUnary(client, DECIDE, bytes);
      assert.equal(end.code, status.INVALID_ARGUMENT);
      assert.match(end.details, details);
      assert.deepEqual(flows.received, []);
      assert.deepEqual(
        flows.endings.map((failure) => failure?.code),
        ['invalid_request'],
      );
      await stillServes();
    });
  }

  test('takes a replacement character that was sent as such', async () => {
    assert.equal((await rawUnary(client, DECIDE, operation(0xef, 0xbf, 0xbd))).code, status.OK);
    assert.deepEqual(flows.received, [{ call: { operation: '\ufffd' } }]);
  });

  test('drops a field that it does not know, as protobuf says', async () => {
    const unknownField = Buffer.from([0x9a, 0x06, 0x02, 0x68, 0x69]); // field 99, "hi"
    assert.equal((await rawUnary(client, DECIDE, Buffer.concat([GOOD, unknownField]))).code, status.OK);
    assert.deepEqual(flows.received, [{ call: { operation: 'chat' } }]);
  });

  test('hands an empty message to the flows, which say what is missing', async () => {
    await rawUnary(client, DECIDE, Buffer.alloc(0));
    assert.deepEqual(flows.received, [{}]);
  });

  test('refuses a message past its size limit as RESOURCE_EXHAUSTED', async () => {
    const end = await rawUnary(client, DECIDE, Buffer.alloc(1_048_577));
    assert.equal(end.code, status.RESOURCE_EXHAUSTED);
    assert.match(end.details, /larger than max/);
    assert.deepEqual(flows.received, []);
    await stillServes();
  });

  test('keeps a name of JavaScript in a map as plain data', async () => {
    const entry = Buffer.concat([
      Buffer.from([0x0a, 9]),
      Buffer.from('__proto__'),
      Buffer.from([0x12, 1]),
      Buffer.from('x'),
    ]);
    const tags = Buffer.concat([Buffer.from([0x5a, entry.length]), entry]);
    await rawUnary(client, DECIDE, Buffer.concat([Buffer.from([0x0a, tags.length]), tags]));
    assert.equal(JSON.stringify(flows.received), '[{"call":{"tags":{"__proto__":"x"}}}]');
    assert.equal(({} as { x?: unknown }).x, undefined);
  });

  test('answers a method that it does not have with UNIMPLEMENTED', async () => {
    assert.equal((await rawUnary(client, '/turnpike.v1.DecisionService/Guess', GOOD)).code, status.UNIMPLEMENTED);
  });

  test('takes an authorization of another scheme for a key that nobody has', async () => {
    for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer a b', '']) {
      const metadata = new Metadata();
      metadata.set('authorization', authorization);
      await rawUnary(client, DECIDE, GOOD, { metadata });
    }
    assert.deepEqual(
      flows.arrivals.map(({ credential }) => credential),
      new Array(4).fill({ kind: 'bearer', token: '' }),
    );
  });

  test('clips words that no trailer could carry, and serves on', async () => {
    await transport.drain(1000);
    const { Failure } = await import('../../../src/core/failure.ts');
    const faults = Array.from({ length: 200 }, (_, index) => ({
      at: `/call/needs/${index}`,
      message: '検'.repeat(300),
    }));
    const verbose = scriptedFlows({
      decide: () => {
        throw new Failure('invalid_request', '検索'.repeat(20_000), { faults });
      },
    });
    transport = createGrpcTransport(verbose, { port: 0 });
    client.close();
    client = rawClient(await transport.start());
    const end = await rawUnary(client, DECIDE, GOOD);
    assert.equal(end.code, status.INVALID_ARGUMENT);
    assert.match(end.details, /^検索.*…$/);
    assert(encodeURI(end.details).length < 2100);
  });

  test('leaves out a header of its own that metadata cannot hold, and answers', async () => {
    await transport.drain(1000);
    client.close();
    const headers = { traceparent: 'a\nb', tracestate: ' ', 'x-good': 'g' };
    const odd = scriptedFlows({ decide: () => decision, responseHeaders: headers });
    transport = createGrpcTransport(odd, { port: 0 });
    client = rawClient(await transport.start());
    assert.equal((await rawUnary(client, DECIDE, GOOD)).code, status.OK);
    assert.equal((await rawUnary(client, DECIDE, operation(0x80))).code, status.INVALID_ARGUMENT);
  });

  test('whatever the bytes, answers or refuses by name and never breaks', async () => {
    const mutated = fc
      .tuple(fc.nat(GOOD.length - 1), fc.uint8Array({ maxLength: 8 }))
      .map(([at, bytes]) => Buffer.concat([GOOD.subarray(0, at), bytes, GOOD.subarray(at)]));
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      mutated,
    );
    await fc.assert(
      fc.asyncProperty(anything, async (bytes) => {
        const { code, details } = await rawUnary(client, DECIDE, bytes);
        assert([status.OK, status.INVALID_ARGUMENT].includes(code), `${status[code]}: ${details}`);
      }),
      { numRuns: 300 },
    );
    await stillServes();
  });
});

/** Listening, deadlines, and draining within a bound. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { Decision } from '../../../src/core/decision.ts';
import { Failure } from '../../../src/core/failure.ts';
import { createDecisionClient, type DecisionClient } from '../../../src/transport/grpc/client.ts';
import { createGrpcTransport, type GrpcOptions } from '../../../src/transport/grpc/server.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { type Script, type ScriptedFlows, scriptedFlows } from '../../contract/scripted-flows.ts';
import { DECISIONS } from '../../contract/transport-cases.ts';
import { bytesOf, rawClient, rawStream } from './raw-call.ts';

const [{ decision: DECISION }] = DECISIONS as [(typeof DECISIONS)[0]];
const REQUEST = { call: { operation: 'chat' } } as const;

/** Something that a test waits for. */
function signal(): { readonly done: Promise<void>; fire(): void } {
  let fire = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { done, fire: () => fire() };
}

describe('gRPC life cycle', () => {
  let transport: Transport;
  let client: DecisionClient;
  let flows: ScriptedFlows;
  let address: string;
  afterEach(async () => {
    client.close();
    await transport.drain(100);
  });

  const serve = async (script: Script, options: GrpcOptions = {}): Promise<void> => {
    flows = scriptedFlows(script);
    transport = createGrpcTransport(flows, { port: 0, ...options });
    address = await transport.start();
    client = createDecisionClient({ address });
  };

  test('says where it listens, also on IPv6', async () => {
    await serve({ decide: () => DECISION }, { host: '::1' });
    assert.match(address, /^\[::1\]:\d+$/);
    assert.equal((await client.decide(REQUEST)).id, DECISION.id);
  });

  test('names the address that is in use', async () => {
    await serve({});
    const port = Number(address.split(':').at(-1));
    const second = createGrpcTransport(scriptedFlows({}), { port });
    await assert.rejects(second.start(), (failure: unknown) => {
      assert(failure instanceof Failure);
      assert.equal(failure.code, 'address_in_use');
      assert.equal(failure.message, `grpc: 127.0.0.1:${port} is in use by another process`);
      return true;
    });
    await second.drain(100);
  });

  test('names an address that it cannot listen on', async () => {
    await serve({});
    const elsewhere = createGrpcTransport(scriptedFlows({}), { host: '192.0.2.1', port: 0 });
    await assert.rejects(elsewhere.start(), {
      code: 'config_invalid',
      message: /^grpc: cannot listen on 192\.0\.2\.1:0: /,
    });
    await elsewhere.drain(100);
  });

  test('passes the deadline on as a moment', async () => {
    await serve({ decide: () => DECISION });
    const before = Date.now();
    await client.decide(REQUEST, { timeoutMs: 60_000 });
    await client.decide(REQUEST);
    const [withDeadline, without] = flows.arrivals;
    assert(withDeadline?.deadlineAtMs !== undefined);
    assert(withDeadline.deadlineAtMs >= before + 59_000 && withDeadline.deadlineAtMs <= Date.now() + 60_000);
    assert.equal(without?.deadlineAtMs, undefined);
  });

  test('ends a call whose decision comes too late with DEADLINE_EXCEEDED, and its session', async () => {
    const late = signal();
    await serve({
      decide: async () => {
        await late.done;
        return DECISION;
      },
    });
    await assert.rejects(client.decide(REQUEST, { timeoutMs: 50 }), { code: 'deadline_exceeded' });
    late.fire();
    await flows.ended(1);
    assert.equal(flows.endings.length, 1);
  });

  test('finishes the call that runs, then is drained', async () => {
    const reached = signal();
    const release = signal();
    await serve({
      decide: async () => {
        reached.fire();
        await release.done;
        return DECISION;
      },
    });
    const answer = client.decide(REQUEST);
    await reached.done;
    const drained = transport.drain(10_000);
    release.fire();
    assert.equal((await answer).id, DECISION.id);
    client.close();
    await drained;
  });

  test('cuts a call that never ends, within the bound', async () => {
    const reached = signal();
    await serve({
      decide: () => {
        reached.fire();
        return new Promise<Decision>(() => undefined);
      },
    });
    const answer = client.decide(REQUEST);
    const refused = assert.rejects(answer, (failure: unknown) => failure instanceof Failure);
    await reached.done;
    await transport.drain(50);
    await refused;
  });

  test('ends an idle stream at once with UNAVAILABLE, and waits for no bound', async () => {
    await serve({ decide: () => DECISION });
    const answered = signal();
    const ended = new Promise<Failure | undefined>((resolve) => {
      const stream = client.openStream({ answered: () => answered.fire(), closed: resolve });
      stream.send('a', REQUEST);
    });
    await answered.done;
    await transport.drain(600_000);
    const failure = await ended;
    assert.equal(failure?.code, 'unavailable');
    assert.match(failure.message, /draining/);
    assert.deepEqual(
      flows.endings.map((ending) => ending?.code),
      ['unavailable'],
    );
  });

  test('cuts a stream that works on something that never ends, within the bound, and ends its session', async () => {
    const reached = signal();
    await serve({
      decide: () => {
        reached.fire();
        return new Promise<Decision>(() => undefined);
      },
    });
    const raw = rawClient(address);
    const stream = rawStream(raw);
    stream.on('error', () => undefined); // said by the status
    const ended = new Promise<number>((resolve) => stream.on('status', ({ code }) => resolve(code)));
    stream.write(bytesOf('turnpike.v1.DecideStreamRequest', { request: REQUEST }));
    await reached.done;
    await transport.drain(50);
    assert([status.UNAVAILABLE, status.CANCELLED].includes(await ended));
    await flows.ended(1);
    assert.equal(flows.endings.length, 1);
    raw.close();
  });

  test('accepts nothing after the drain', async () => {
    await serve({ decide: () => DECISION });
    await transport.drain(1000);
    await assert.rejects(client.decide(REQUEST, { timeoutMs: 2000 }), { code: 'unavailable' });
    // The port is free again.
    const [host, port] = address.split(':');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(Number(port), host, resolve));
    await new Promise((resolve) => server.close(resolve));
  });
});

/** DecideStream: ordered, going on after failures, back-pressured, ended once. */
import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { Decision } from '../../../src/core/decision.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { BatchItem } from '../../../src/flows/flows.ts';
import { createDecisionClient, type DecisionClient } from '../../../src/transport/grpc/client.ts';
import { decisionMessage } from '../../../src/transport/grpc/codec.ts';
import { createGrpcTransport } from '../../../src/transport/grpc/server.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { type Script, type ScriptedFlows, scriptedFlows } from '../../contract/scripted-flows.ts';
import { DECISIONS } from '../../contract/transport-cases.ts';
import { bytesOf, messageOf, rawClient, rawStream, STREAM } from './raw-call.ts';

const [{ decision: DECISION }] = DECISIONS as [(typeof DECISIONS)[0]];
const MAX_IN_FLIGHT = 8;

interface Ended {
  readonly answers: readonly { readonly id: string; readonly item: BatchItem }[];
  readonly failure: Failure | undefined;
}

describe('gRPC DecideStream', () => {
  let script: Script;
  let flows: ScriptedFlows;
  let transport: Transport;
  let address: string;
  let client: DecisionClient;
  beforeEach(async () => {
    script = {};
    flows = scriptedFlows({
      open: (arrival) => script.open?.(arrival),
      decide: (request, arrival) => script.decide?.(request, arrival) ?? decisionFor(request),
    });
    transport = createGrpcTransport(flows, { port: 0, streamMaxInFlight: MAX_IN_FLIGHT });
    address = await transport.start();
    client = createDecisionClient({ address });
  });
  afterEach(async () => {
    client.close();
    await transport.drain(1000);
  });

  const ask = (models: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const answers: { id: string; item: BatchItem }[] = [];
      const stream = client.openStream({
        answered: (id, item) => answers.push({ id, item }),
        closed: (failure) => resolve({ answers, failure }),
      });
      for (const model of models) stream.send(`id-${model}`, { call: { operation: 'chat', model } });
      stream.end();
    });

  test('answers 10,000 requests in the order asked, each under its id', async () => {
    const models = Array.from({ length: 10_000 }, (_, index) => `m${index}`);
    const { answers, failure } = await ask(models);
    assert.equal(failure, undefined);
    assert.deepEqual(
      answers.map(({ id }) => id),
      models.map((model) => `id-${model}`),
    );
    assert.deepEqual(
      answers.map(({ item }) => idOf(item)),
      models,
    );
    assert.deepEqual(flows.endings, [undefined]);
    assert.equal(flows.arrivals.length, 1);
  });

  test('keeps the order when a later decision is ready first, and works on no more than its bound', async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    script = {
      decide: (request) =>
        new Promise((resolve) => {
          waiting.push(() => resolve(decisionFor(request)));
          most = Math.max(most, waiting.length);
          // The bound is full, or these are the last: the latest comes out first.
          if (waiting.length === MAX_IN_FLIGHT) for (const release of waiting.splice(0).reverse()) release();
        }),
    };
    const models = Array.from({ length: MAX_IN_FLIGHT * 5 }, (_, index) => `m${index}`);
    const { answers } = await ask(models);
    assert.deepEqual(
      answers.map(({ item }) => idOf(item)),
      models,
    );
    assert.equal(most, MAX_IN_FLIGHT);
  });

  test('answers a request that fails with its error, and goes on', async () => {
    const faults = [{ at: '/call/model', message: 'too long' }];
    script = {
      decide: (request) => {
        if (modelOf(request) === 'bad') throw new Failure('invalid_request', 'bad one', { faults });
        return decisionFor(request);
      },
    };
    const { answers, failure } = await ask(['a', 'bad', 'b']);
    assert.equal(failure, undefined);
    assert.deepEqual(
      answers.map(({ item }) => item.kind),
      ['decided', 'failed', 'decided'],
    );
    const [, second] = answers;
    assert(second?.item.kind === 'failed');
    assert.equal(second.item.failure.code, 'invalid_request');
    assert.equal(second.item.failure.message, 'bad one');
    assert.deepEqual(second.item.failure.faults, faults);
    assert.deepEqual(flows.endings, [undefined]);
  });

  test('answers bytes that are no request with an error without an id, and goes on', async () => {
    const raw = rawClient(address);
    const stream = rawStream(raw);
    const answers: Buffer[] = [];
    stream.on('data', (bytes: Buffer) => answers.push(bytes));
    const ended = new Promise<number>((resolve) => stream.on('status', ({ code }) => resolve(code)));
    stream.write(Buffer.from('ffffff', 'hex'));
    stream.write(
      bytesOf('turnpike.v1.DecideStreamRequest', { request_id: 'x', request: { call: { operation: 'chat' } } }),
    );
    stream.end();
    assert.equal(await ended, 0);
    const [first, second] = answers.map((bytes) => inspect(messageOf('turnpike.v1.DecideStreamResponse', bytes)));
    assert.match(first ?? '', /error: \{\s+code: 'invalid_request',\s+message: 'message: the bytes are not a turnpike/);
    assert.match(second ?? '', /^\{\s+request_id: 'x',\s+decision: /);
    raw.close();
  });

  test('refuses a stream whose credential is refused', async () => {
    script = {
      open: () => {
        throw new Failure('unauthenticated', 'the credential is not known');
      },
    };
    const { answers, failure } = await ask(['a']);
    assert.deepEqual(answers, []);
    assert.equal(failure?.code, 'unauthenticated');
    assert.equal(failure?.message, 'the credential is not known');
  });

  test('reads no faster than its answers are taken', async () => {
    const sent = 20_000;
    const message = bytesOf('turnpike.v1.DecideStreamRequest', { request: { call: { operation: 'chat' } } });
    const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
    // Below gRPC, where a client can leave its answers unread: grpc-js itself would take them in.
    const session = connect(`http://${address}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': STREAM,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.pause();
    for (let index = 0; index < sent; index += 1) stream.write(frame);
    stream.end();
    const decidedUnread = await settled(() => flows.received.length);
    const answerBytes = bytesOf('turnpike.v1.DecideStreamResponse', { decision: decisionMessage(DECISION) }).length;
    const windowAnswers = Math.ceil(65_535 / answerBytes);
    const bufferedAnswers = 16; // high-water mark of the writable side, beside which MAX_IN_FLIGHT are worked on
    assert(decidedUnread >= windowAnswers, `decided ${decidedUnread}`);
    assert(
      decidedUnread <= 2 * windowAnswers + bufferedAnswers + MAX_IN_FLIGHT,
      `decided ${decidedUnread} that nobody read`,
    );
    const closed = new Promise((resolve) => stream.on('close', resolve));
    stream.resume();
    await closed;
    assert.equal(flows.received.length, sent);
    session.close();
  });

  test('ends the session as cancelled, once, when the client leaves, and decides no more', async () => {
    let firstReached: (() => void) | undefined;
    const reached = new Promise<void>((resolve) => {
      firstReached = resolve;
    });
    script = {
      decide: () => {
        firstReached?.();
        return new Promise<Decision>(() => undefined);
      },
    };
    const stream = client.openStream({ answered: () => undefined, closed: () => undefined });
    stream.send('a', { call: { operation: 'chat' } });
    await reached;
    stream.cancel();
    await flows.ended(1);
    assert.deepEqual(
      flows.endings.map((failure) => failure?.code),
      ['cancelled'],
    );
  });

  test('never leaves a client waiting that asks again only when it was answered', async () => {
    const window = 64; // more than both the bound of the server and what its writable side buffers
    const total = 2000;
    let sent = 0;
    let answered = 0;
    const failure = await new Promise<Failure | undefined>((resolve) => {
      const send = (): void => {
        sent += 1;
        stream.send(String(sent), { call: { operation: 'chat' } });
      };
      const stream = client.openStream({
        answered() {
          answered += 1;
          if (sent < total) send();
          else if (answered === total) stream.end();
        },
        closed: resolve,
      });
      while (sent < window) send();
    });
    assert.equal(failure, undefined);
    assert.equal(answered, total);
  });

  test('serves streams beside one another', async () => {
    const models = Array.from({ length: 200 }, (_, index) => `m${index}`);
    const ended = await Promise.all([ask(models), ask(models), ask(models)]);
    for (const { answers } of ended)
      assert.deepEqual(
        answers.map(({ item }) => idOf(item)),
        models,
      );
  });
});

/** Resolves when a count has stood still over many turns of the event loop with the socket idle. */
async function settled(read: () => number): Promise<number> {
  let last = -1;
  for (let still = 0; still < 200; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = read();
    still = now === last && now > 0 ? still + 1 : 0;
    last = now;
  }
  return last;
}

/** A decision that carries the model's name as its id. */
function decisionFor(request: unknown): Decision {
  return { ...DECISION, id: modelOf(request) };
}

function modelOf(request: unknown): string {
  const { call } = request as { call: { model?: string } }; // what this test sent
  return call.model ?? 'none';
}

const idOf = (item: BatchItem): string => (item.kind === 'decided' ? item.decision.id : item.failure.message);

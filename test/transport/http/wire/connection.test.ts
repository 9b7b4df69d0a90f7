/** What a connection holds for a client that sends more than is asked for, and what becomes of one that takes too long. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consequenceOf, type Waiting } from '../../../../src/transport/http/wire/overdue.ts';
import { headerLines } from '../../../../src/transport/http/wire/response-head.ts';
import { quiet } from '../support/quiet.ts';
import { BOUNDS, dial, finishEmpty, serveTurns } from './support/serving.ts';

const MIB = 1024 * 1024;

describe('a connection', { timeout: 30_000 }, () => {
  it('reads little of what comes behind a request that runs, and all of it in the end', async (context) => {
    const served = await serveTurns(context);
    const { socket } = await dial(served.port);
    const one = 'GET /a HTTP/1.1\r\nhost: x\r\n\r\n';
    const count = Math.ceil((8 * MIB) / one.length);
    socket.write(one.repeat(count));
    const first = await served.turn();
    assert.ok((await quiet(() => first.socket.bytesRead)) < MIB);
    assert.equal(served.begun.length, 1);
    finishEmpty(first);
    for (let at = 1; at < count; at += 1) finishEmpty(await served.turn());
    assert.equal(served.begun.length, count);
  });

  it('reads little of a body that nobody asked for, and all of it when somebody does', async (context) => {
    const served = await serveTurns(context);
    const { socket } = await dial(served.port);
    socket.write(`POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: ${8 * MIB}\r\n\r\n`);
    socket.write('x'.repeat(8 * MIB));
    const turn = await served.turn();
    assert.ok((await quiet(() => turn.socket.bytesRead)) < MIB);
    assert.equal((await turn.read(8 * MIB)).length, 8 * MIB);
  });

  it('answers one request behind the other, though many come at once', async (context) => {
    const served = await serveTurns(context);
    const { socket } = await dial(served.port);
    socket.write('GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n');
    finishEmpty(await served.turn());
    assert.deepEqual(served.begun, ['/1', '/2']);
  });

  it('tells that the client left, once, while its request runs', async (context) => {
    const served = await serveTurns(context);
    const { socket } = await dial(served.port);
    socket.write('GET /a HTTP/1.1\r\nhost: x\r\n\r\n');
    const turn = await served.turn();
    const left = new Promise<void>((resolve) => turn.leaving.addEventListener('abort', () => resolve()));
    socket.destroy();
    await left;
    assert.equal(turn.isGone, true);
    // Nobody hears it.
    finishEmpty(turn);
  });
});

const waiting: Waiting = { phase: 'head', forMs: 0, isAsking: false, isUploading: false, isOwed: false };
const bounds = { ...BOUNDS, headersTimeoutMs: 10, requestTimeoutMs: 30, keepaliveTimeoutMs: 60 };
const OVERDUE: readonly [name: string, more: Partial<Waiting>, lastMs: number, then: string][] = [
  ['a head', { isAsking: true }, 10, 'refuse'],
  ['the next request', {}, 1_060, 'end'],
  ['a body', { phase: 'serving', isUploading: true }, 30, 'refuse'],
  ['an answer that is owed soon', { phase: 'serving', isOwed: true }, 60, 'cut'],
  ['an answer that may take its time', { phase: 'serving' }, Number.MAX_SAFE_INTEGER, 'nothing'],
  ['the rest of a body', { phase: 'rest' }, 30, 'refuse'],
  ['the rest of a body, and then the end', { phase: 'lingering' }, 2_000, 'end'],
  ['the client to close', { phase: 'closing' }, 2_000, 'cut'],
];

describe('a connection waits for', () => {
  for (const [name, more, lastMs, then] of OVERDUE) {
    it(`${name}, so long and no longer`, () => {
      assert.equal(consequenceOf({ ...waiting, ...more, forMs: lastMs }, bounds), 'nothing');
      assert.equal(consequenceOf({ ...waiting, ...more, forMs: lastMs + 1 }, bounds), then);
    });
  }
});

describe('fields of an answer', () => {
  for (const [name, field] of [
    ['a line end in a value', { 'x-a': 'b\r\nset-cookie: c' }],
    ['a line feed in a value', { 'x-a': 'b\nc' }],
    ['a zero byte', { 'x-a': 'b\0' }],
    ['what is not ASCII', { 'x-a': 'ü' }],
    ['a line end in a name', { 'x-a\r\nx-b': 'c' }],
    ['a name that is empty', { '': 'c' }],
  ] as const) {
    it(`never hold ${name}`, () => assert.throws(() => headerLines(field), { code: 'internal' }));
  }

  it('are lines', () => assert.equal(headerLines({ 'x-a': 'b c', 'x-b': '' }), 'x-a: b c\r\nx-b: \r\n'));
});

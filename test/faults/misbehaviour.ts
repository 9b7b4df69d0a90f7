/** Every way in which an upstream of the suite misbehaves, as bytes on its socket. */
import type { Socket } from 'node:net';
import { answer, answerJson, chunk, head, LAST_CHUNK, type Script, STREAM_HEAD } from '../support/upstream.ts';
import type { Spoken } from './vendors.ts';

/** What happens on a socket that never got as far as a request: each has a provider of its own, by this name. */
export const UNREACHABLE = ['unresolved', 'refused', 'unconnected', 'untrusted', 'misnamed', 'expired'] as const;
export type Unreachable = (typeof UNREACHABLE)[number];

export type Misbehaviour = keyof typeof SCRIPTS | Unreachable;

type Write = (socket: Socket, vendor: Spoken, isStream: boolean) => void;

/** What a vendor says of our key: all of it, which nobody else may ever see. */
const quoting = (key: string): string => `something broke for key ${key}`;

export function isUnreachable(does: Misbehaviour): does is Unreachable {
  return UNREACHABLE.some((name) => name === does);
}

/** @param isStream whether the client asked for a stream */
export function scriptOf(does: keyof typeof SCRIPTS, vendor: Spoken, isStream: boolean): Script {
  return (socket, { headers }) => {
    const key = headers[vendor.keyHeader] ?? '';
    SCRIPTS[does](key)(socket, vendor, isStream);
  };
}

/** An upstream as it should be. */
export function healthy(vendor: Spoken): Script {
  return (socket, { body }) => {
    if (JSON.parse(body).stream !== true) socket.write(answerJson(200, vendor.answer('{"ok":true}')));
    else socket.write(streamed(vendor.opening, vendor.piece('{"ok":true}'), vendor.ending, LAST));
  };
}

/** Stands for the end of a chunked body. */
const LAST = Symbol('last chunk');

function streamed(...pieces: readonly (string | typeof LAST)[]): Buffer {
  const bytes = pieces.map((piece) => (piece === LAST ? Buffer.from(LAST_CHUNK) : chunk(piece)));
  return Buffer.concat([Buffer.from(STREAM_HEAD), ...bytes]);
}

/** Ends by a reset behind the last byte, so that what was written is still read. */
function reset(socket: Socket): void {
  setImmediate(() => socket.resetAndDestroy());
}

const inSeconds = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toUTCString();
const contentType = (isStream: boolean): string => (isStream ? 'text/event-stream' : 'application/json');
const CHUNKED = { 'transfer-encoding': 'chunked' };
const BAD_EVENT = 'data: {"choices": [{"delta"\n\n';
const EVENT_OF_17_MIB = 17 * 1024 * 1024;
const FLOOD_BYTES = 1024 * 1024;

function every(ms: number, socket: Socket, write: () => void): void {
  const timer = setInterval(write, ms);
  socket.once('close', () => clearInterval(timer));
}

const refusing =
  (status: number, what: Parameters<Spoken['error']>[0], headers: Readonly<Record<string, string>> = {}) =>
  (key: string): Write =>
  (socket, vendor) =>
    void socket.write(answerJson(status, vendor.error(what, quoting(key)), { 'x-echo': key, ...headers }));

const saying =
  (write: (vendor: Spoken, isStream: boolean, key: string) => string | Buffer) =>
  (key: string): Write =>
  (socket, vendor, isStream) =>
    void socket.write(write(vendor, isStream, key));

/** Writes, and breaks behind it. */
const breaking =
  (write: (vendor: Spoken, isStream: boolean) => string | Buffer, close: (socket: Socket) => void) =>
  (): Write =>
  (socket, vendor, isStream) =>
    void socket.write(write(vendor, isStream), () => close(socket));

const end = (socket: Socket): void => void socket.end();
const WITHIN = (vendor: Spoken): Buffer => streamed(vendor.opening, vendor.piece('Half an'));

const SCRIPTS = {
  rate_limited_for_seconds: refusing(429, 'rate_limit', { 'retry-after': '30' }),
  rate_limited_until_date: refusing(429, 'rate_limit', { date: inSeconds(0), 'retry-after': inSeconds(30) }),
  status_500: refusing(500, 'server'),
  status_503_html: saying(() => answer(503, '<h1>Service Unavailable</h1>', { 'content-type': 'text/html' })),
  status_401: refusing(401, 'auth'),
  redirect: saying(() => answer(302, '', { location: 'http://127.0.0.1:1/elsewhere' })),
  context_length: refusing(400, 'context_length'),
  content_filter: refusing(400, 'content_filter'),
  invalid_request: refusing(400, 'invalid'),

  reset_before_head: () => reset,
  close_before_head: () => end,
  hang_before_head: () => () => undefined,
  no_http: saying(() => 'SSH-2.0-OpenSSH_9.9\r\n'),
  hang_after_head: saying((_vendor, isStream) => head(200, { 'content-type': contentType(isStream), ...CHUNKED })),
  reset_after_head: breaking(
    (_vendor, isStream) => head(200, { 'content-type': contentType(isStream), ...CHUNKED }),
    reset,
  ),
  cut_document: breaking((vendor) => answerJson(200, vendor.answer('Half an answer')).slice(0, -40), end),

  html: saying(() => answer(200, '<h1>Welcome</h1>', { 'content-type': 'text/html' })),
  mislabelled: saying((vendor, isStream) => {
    const labelled = { 'content-type': 'text/plain' };
    if (isStream) return answer(200, vendor.opening + vendor.piece('ok') + vendor.ending, labelled);
    return answer(200, JSON.stringify(vendor.answer('ok')), labelled);
  }),
  error_with_200: saying((vendor, _isStream, key) => answerJson(200, vendor.error('server', quoting(key)))),
  empty_body: saying((_vendor, isStream) => answer(200, '', { 'content-type': contentType(isStream) })),
  broken_json: saying(() => answer(200, '{"choices": [', { 'content-type': 'application/json' })),
  foreign_json: saying(() => answerJson(200, { hello: 'world' })),
  flood: saying((vendor) => answerJson(200, vendor.answer('x'.repeat(FLOOD_BYTES)))),

  empty_answer: saying((vendor, isStream) =>
    isStream ? streamed(vendor.opening, vendor.emptyEnding, LAST) : answerJson(200, vendor.answer('')),
  ),
  truncated_answer: saying((vendor) => answerJson(200, vendor.answer('Half an', 'length'))),
  refusal: saying((vendor) => answerJson(200, vendor.answer('I cannot help with that.', 'refusal'))),
  misfit: saying((vendor) => answerJson(200, vendor.answer('{"ok":"perhaps"}'))),

  end_before_output: saying((vendor) => streamed(vendor.opening, LAST)),
  reset_before_output: breaking((vendor) => streamed(vendor.opening), reset),
  hang_before_output: saying((vendor) => streamed(vendor.opening)),
  error_before_output: saying((vendor, _isStream, key) => streamed(vendor.opening, vendor.streamError(quoting(key)))),
  bad_event_before_output: saying((vendor) => streamed(vendor.opening, BAD_EVENT)),
  oversized_event: saying((vendor) => streamed(vendor.opening, `data: ${'x'.repeat(EVENT_OF_17_MIB)}`)),

  end_within_answer: saying((vendor) => streamed(vendor.opening, vendor.piece('Half an'), LAST)),
  reset_within_answer: breaking(WITHIN, reset),
  hang_within_answer: saying(WITHIN),
  drip_bytes: (): Write => (socket, vendor) => {
    socket.write(WITHIN(vendor));
    every(20, socket, () => socket.write(chunk('d')));
  },
  drip_words: (): Write => (socket, vendor) => {
    socket.write(WITHIN(vendor));
    every(20, socket, () => socket.write(chunk(vendor.more('w'))));
  },
  error_within_answer: saying((vendor, _isStream, key) =>
    streamed(vendor.opening, vendor.piece('Half an'), vendor.streamError(quoting(key))),
  ),
  bad_event_within_answer: saying((vendor) => streamed(vendor.opening, vendor.piece('Half an'), BAD_EVENT)),
} as const;

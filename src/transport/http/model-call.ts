/**
 * One model call over HTTP, whatever its protocol: body → request → gateway → bytes, and every failure in the words of
 * the protocol. Bytes that the vendor wrote in the same protocol go out as they are.
 */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import { Failure } from '../../core/failure.ts';
import type { EmbeddingRequest, GenerationRequest, ModelRequest, TokenCountRequest } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ModelReply, StreamEvent } from '../../core/reply.ts';
import type { Gateway, GatewayReply } from '../../flows/gateway.ts';
import { brokenStream } from '../../flows/metered-stream.ts';
import type { ReplyIdentity, StreamWriter } from '../../protocol/protocol.ts';
import { readJson } from './json-body.ts';
import { costHeader, errorHeaders, replyHeaders, STREAM_TRAILERS, streamTrailers } from './model-headers.ts';
import type { ModelRoute } from './model-routes.ts';
import type { ModelCallName, OPERATION_CLASSES } from './operations.ts';
import { statusOf } from './problem.ts';
import type { StreamReply, WholeReply } from './reply.ts';

/** How a front door writes its errors, and under which header its SDK looks for the id of a request. */
export interface ErrorWriter {
  readonly requestIdHeader: 'x-request-id' | 'request-id';
  writeError(failure: Failure, status: number): JsonObject;
}

interface RequestByOperation {
  readonly chat: GenerationRequest;
  readonly responses: GenerationRequest;
  readonly embeddings: EmbeddingRequest;
  readonly count_tokens: TokenCountRequest;
}

/** What a route reads follows from what it is declared to be. */
type RequestOf<Name extends ModelCallName> = RequestByOperation[(typeof OPERATION_CLASSES)[Name]['operation']];

/** One route in the words of its protocol. Only a route that is classified, and priced, as a model call can be one. */
export interface ModelDoor<Name extends ModelCallName, Request extends ModelRequest = RequestOf<Name>>
  extends ErrorWriter {
  /**
   * @param header reads a header by lower-case name
   * @throws Failure as `FrontProtocol.readRequest`
   */
  readRequest(body: Json, header: (name: string) => string | undefined): Request;
  /** @throws Failure `internal` for a reply of another kind */
  writeReply(reply: ModelReply, request: Request): JsonObject;
  /** @throws Failure `internal` where this route never streams */
  createStreamWriter(request: Request, identity: ReplyIdentity): StreamWriter;
}

export interface ModelCallOptions {
  /** Largest body of a model call. */
  readonly maxBodyBytes: number;
  readonly nowMs: () => number;
}

export function modelCallRoute<Name extends ModelCallName>(
  gateway: Pick<Gateway, 'call'>,
  door: ModelDoor<Name>,
  { maxBodyBytes, nowMs }: ModelCallOptions,
): ModelRoute {
  return {
    async answer(exchange) {
      let request: RequestOf<Name> | undefined;
      const read = async (): Promise<RequestOf<Name>> => {
        // What was parsed is JSON; what it says is for the protocol to find out.
        request = door.readRequest((await readJson(exchange, maxBodyBytes)) as Json, exchange.header);
        return request;
      };
      try {
        const reply = await gateway.call(exchange.arrive(), read, exchange.leaving);
        if (request === undefined) throw new Failure('internal', 'the gateway answered a request that it did not read');
        return reply.kind === 'whole' ? wholeReply(reply, request, door) : streamReply(reply, request, door, nowMs());
      } catch (reason) {
        return errorReply(door, Failure.from(reason));
      }
    },
    refuse: (failure) => errorReply(door, failure),
  };
}

/** A failure in the words of a protocol. */
export function errorReply(writer: ErrorWriter, failure: Failure): WholeReply {
  const status = statusOf(failure.code);
  return {
    kind: 'whole',
    status,
    contentType: 'application/json',
    body: JSON.stringify(writer.writeError(failure, status)),
    headers: errorHeaders(failure, writer.requestIdHeader),
  };
}

function wholeReply<Request extends ModelRequest>(
  { reply, served }: Extract<GatewayReply, { kind: 'whole' }>,
  request: Request,
  door: ModelDoor<ModelCallName, Request>,
): WholeReply {
  const { raw } = reply;
  const relays = raw !== undefined && raw.protocol === protocolOf(request);
  return {
    kind: 'whole',
    status: 200,
    contentType: 'application/json',
    body: relays ? raw.bytes : JSON.stringify(door.writeReply(reply, request)),
    headers: { ...replyHeaders(served, door.requestIdHeader), ...costHeader(served) },
  };
}

function streamReply<Request extends ModelRequest>(
  { stream, served, final }: Extract<GatewayReply, { kind: 'stream' }>,
  request: Request,
  door: ModelDoor<ModelCallName, Request>,
  nowMs: number,
): StreamReply {
  const createWriter = (): StreamWriter =>
    door.createStreamWriter(request, { id: served.decisionId, createdS: Math.floor(nowMs / 1000) });
  try {
    return {
      kind: 'stream',
      contentType: 'text/event-stream; charset=utf-8',
      headers: {
        ...replyHeaders(served, door.requestIdHeader),
        'cache-control': 'no-cache',
        // Proxies of the nginx kind would hold a stream back.
        'x-accel-buffering': 'no',
      },
      trailerNames: STREAM_TRAILERS,
      stream,
      ...(stream.rawProtocol === protocolOf(request) ? relayed(createWriter) : written(createWriter())),
      trailers: () => streamTrailers(final()),
    };
  } catch (reason) {
    stream.cancel();
    throw reason;
  }
}

/** @throws Failure `internal` where the gateway answered with something else */
export function requireKind<Kind extends ModelReply['kind']>(
  reply: ModelReply,
  kind: Kind,
): Extract<ModelReply, { readonly kind: Kind }> {
  if (reply.kind !== kind) throw new Failure('internal', `gateway: a reply of kind ${reply.kind}, must be ${kind}`);
  // Its kind was just looked at; TypeScript does not narrow by a type parameter.
  return reply as Extract<ModelReply, { readonly kind: Kind }>;
}

function protocolOf(request: ModelRequest): string {
  return request.kind === 'token_count' ? request.generation.protocol : request.protocol;
}

type Encoding = Pick<StreamReply, 'write' | 'fail'>;

/**
 * Bytes as they come; a writer is made only for a stream that breaks. A vendor's own words on that are not among the
 * bytes (`StreamReceiver`), so that the client is always told, and once.
 */
function relayed(createWriter: () => StreamWriter): Encoding {
  return { write: (_events, raw) => raw, fail: (failure) => createWriter().fail(brokenStream(failure)) };
}

function written(writer: StreamWriter): Encoding {
  return {
    write(events) {
      let text = '';
      for (const event of events) if (isWritten(event)) text += writer.write(event);
      return text;
    },
    fail: (failure: AttemptFailure) => writer.fail(brokenStream(failure)),
  };
}

/** What went wrong is written when the stream is closed, in our words and once. */
const isWritten = (event: StreamEvent): boolean => event.kind !== 'error';

/**
 * What comes back of one request: the head says whether it is a document, a stream or an error, and each is read to its
 * end or to its bound. A 200 that is not what was asked for is a failure.
 */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import { Failure } from '../core/failure.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { ProviderReply } from '../executor/provider.ts';
import type { HttpCall, HttpClient, HttpExchange, HttpHeaders, HttpReceiver } from './http/http-exchange.ts';
import { firstOf, isJsonType, joined, mediaTypeOf, parsed } from './http-body.ts';
import { shown } from './shown.ts';
import { StreamedReply } from './streamed-reply.ts';
import type { Credentials, HeaderOf, Question } from './vendor.ts';

export interface AnsweringOptions {
  readonly question: Question;
  readonly credentials: Credentials;
  readonly maxReplyBytes: number;
  /** Called once. */
  readonly resolve: (reply: ProviderReply) => void;
}

/** An error document that is longer is cut. */
const MAX_ERROR_BYTES = 64 * 1024;

/** What the body is taken for; `over`: everything was told. */
type Body = 'document' | 'error' | 'over';

/** A class because it is the receiver of an exchange: one object a call, no closures. */
export class Answering implements HttpReceiver {
  readonly #options: AnsweringOptions;
  #exchange: HttpExchange | undefined;
  #host = '';
  #body: Body = 'error';
  #status = 0;
  #headers: HttpHeaders = {};
  #chunks: Uint8Array[] = [];
  #size = 0;
  #stream: StreamedReply | undefined;
  readonly #header: HeaderOf = (name) => firstOf(this.#headers[name]);

  constructor(options: AnsweringOptions) {
    this.#options = options;
  }

  begin(client: HttpClient, call: HttpCall): void {
    this.#host = call.origin.slice(call.origin.indexOf('://') + 3);
    this.#exchange = client.send(call, this);
  }

  head(status: number, headers: HttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status > 299) return;
    const { answer } = this.#options.question;
    const type = mediaTypeOf(headers['content-type']);
    if (answer.kind === 'whole') {
      this.#body = 'document';
      if (!isJsonType(type)) this.#refuse(`answered ${status} with ${type} where JSON was asked for`);
    } else if (type === answer.contentType && this.#exchange !== undefined) {
      this.#stream = new StreamedReply({
        exchange: this.#exchange,
        answer,
        header: this.#header,
        host: this.#host,
        clean: (failure) => this.#clean(failure),
        unreadable: (reason) => this.#unreadable(reason),
      });
      this.#options.resolve({ kind: 'stream', stream: this.#stream });
    } else if (!isJsonType(type)) {
      this.#refuse(`answered ${status} with ${type} where ${answer.contentType} was asked for`);
    }
  }

  data(chunk: Uint8Array): void {
    if (this.#stream !== undefined) {
      this.#stream.data(chunk);
      return;
    }
    if (this.#body === 'over') return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#body === 'error') {
      if (this.#size > MAX_ERROR_BYTES) this.#giveUp(this.#readError());
    } else if (this.#size > this.#options.maxReplyBytes) {
      this.#refuse(`answered with more than ${this.#options.maxReplyBytes} bytes`);
    }
  }

  end(): void {
    if (this.#stream !== undefined) this.#stream.end();
    else if (this.#body === 'document') this.#settleDocument();
    else if (this.#body === 'error') this.#settle(this.#readError());
  }

  failed(failure: AttemptFailure): void {
    if (this.#stream !== undefined) this.#stream.failed(failure);
    else if (this.#body !== 'over') this.#settle(failure);
  }

  #settleDocument(): void {
    const { answer } = this.#options.question;
    const bytes = joined(this.#chunks);
    const body = parsed(bytes);
    if (body === undefined || answer.kind !== 'whole') {
      this.#settle({
        outcome: 'unavailable',
        message: `${this.#host} answered with broken JSON`,
        status: this.#status,
      });
      return;
    }
    if (isErrorDocument(body)) {
      this.#settle(this.#readError());
      return;
    }
    try {
      const reply = answer.read(body, bytes, this.#header);
      if ('outcome' in reply) {
        this.#settle(this.#clean({ status: this.#status, ...reply }));
        return;
      }
      this.#body = 'over';
      this.#options.resolve({ kind: 'whole', reply });
    } catch (reason) {
      this.#settle(this.#unreadable(reason));
    }
  }

  #readError(): AttemptFailure {
    const bytes = joined(this.#chunks);
    const body = parsed(bytes) ?? bytes.toString('utf8', 0, MAX_ERROR_BYTES);
    if (this.#status < 300 && !isErrorDocument(body)) {
      const message = `${this.#host} answered with one document where a stream was asked for`;
      return { outcome: 'unavailable', message, status: this.#status };
    }
    const failure = this.#clean(this.#options.question.readError(this.#status, this.#header, body));
    if (failure.outcome === 'auth') this.#options.credentials.rejected();
    return failure;
  }

  #unreadable(reason: unknown): AttemptFailure {
    const why = reason instanceof Failure ? reason.message : 'it could not be read';
    const message = `${this.#host} answered with something else than was asked for: ${why}`;
    return this.#clean({ outcome: 'unavailable', message, status: this.#status });
  }

  #refuse(what: string): void {
    this.#giveUp(this.#clean({ outcome: 'unavailable', message: `${this.#host} ${what}`, status: this.#status }));
  }

  #giveUp(failure: AttemptFailure): void {
    this.#settle(failure);
    this.#exchange?.cancel();
  }

  #settle(failure: AttemptFailure): void {
    this.#body = 'over';
    this.#chunks = [];
    this.#options.resolve({ kind: 'failed', failure });
  }

  #clean(failure: AttemptFailure): AttemptFailure {
    return shown(failure, this.#options.credentials);
  }
}

/** Replies of some vendors have the field too, empty. */
const isErrorDocument = (body: Json): boolean =>
  isJsonObject(body) && body['error'] !== undefined && body['error'] !== null;

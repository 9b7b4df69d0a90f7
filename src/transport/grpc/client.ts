/** A typed client of the service, for the command line, benchmarks and tests: documents in, decisions out. */
import { Client, type ClientOptions, credentials, Metadata, type MethodDefinition } from '@grpc/grpc-js';
import type { Decision } from '../../core/decision.ts';
import { Failure } from '../../core/failure.ts';
import type { AttemptReport } from '../../core/report.ts';
import type { DecideRequest } from '../../flows/decide-request.ts';
import type { BatchItem, ReportReceipt } from '../../flows/flows.ts';
import { type DecisionStream, itemOf, openDecisionStream, type StreamHandlers } from './client-stream.ts';
import { decisionOf } from './codec.ts';
import { requireExpressible } from './expressible.ts';
import { CLIENT_METHODS } from './service.ts';
import { failureOfStatus } from './status.ts';

export type ClientSecurity =
  | { readonly kind: 'insecure' }
  | {
      readonly kind: 'tls';
      /** PEM of who signed the server's certificate; default the system's. */
      readonly serverCaPem?: string;
      /** With `keyPem`: the certificate to show, PEM. */
      readonly certificatePem?: string;
      readonly keyPem?: string;
    };

export interface ClientSettings {
  /** Such as `127.0.0.1:9191`. */
  readonly address: string;
  /** Default insecure. */
  readonly security?: ClientSecurity;
  /** API key, sent as `authorization: Bearer`. */
  readonly key?: string;
  /** Refuse documents that a message cannot say, by name; default true. Costs a walk through each. */
  readonly checkDocuments?: boolean;
  /** Options of grpc-js itself. */
  readonly channel?: ClientOptions;
}

export interface CallSettings {
  /** Milliseconds from now; default none. */
  readonly timeoutMs?: number;
  /** Sent beside the credential, such as `traceparent`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told what the server said before its answer. */
  readonly onHeaders?: (headers: Readonly<Record<string, string>>) => void;
}

/** Every method throws the server's Failure, or `unavailable` when it cannot be reached. */
export interface DecisionClient {
  /** @throws Failure `invalid_request` also for a field that the message lacks, before anything is sent */
  decide(request: DecideRequest, settings?: CallSettings): Promise<Decision>;
  decideBatch(requests: readonly DecideRequest[], settings?: CallSettings): Promise<readonly BatchItem[]>;
  openStream(handlers: StreamHandlers, settings?: CallSettings): DecisionStream;
  report(report: AttemptReport, settings?: CallSettings): Promise<ReportReceipt>;
  close(): void;
}

/** @throws Failure `config_invalid` when CA, certificate or key do not load */
export function createDecisionClient(settings: ClientSettings): DecisionClient {
  const client = new Client(settings.address, channelCredentials(settings.security), {
    'grpc.enable_channelz': 0,
    ...settings.channel,
  });

  const check = (settings.checkDocuments ?? true) ? requireExpressible : () => undefined;

  const metadataFor = (call: CallSettings | undefined): Metadata => {
    const metadata = new Metadata();
    if (settings.key !== undefined) metadata.set('authorization', `Bearer ${settings.key}`);
    for (const [name, value] of Object.entries(call?.headers ?? {})) metadata.set(name, value);
    return metadata;
  };

  const unary = <Request extends object, Response>(
    method: MethodDefinition<Request, Response>,
    message: Request,
    call: CallSettings | undefined,
  ): Promise<Response> =>
    new Promise((resolve, reject) => {
      const pending = client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        message,
        metadataFor(call),
        call?.timeoutMs === undefined ? {} : { deadline: Date.now() + call.timeoutMs },
        (error, response) => {
          if (error !== null) reject(failureOfStatus(error, error));
          else if (response === undefined) reject(new Failure('internal', `${method.path}: no message came`));
          else resolve(response);
        },
      );
      const onHeaders = call?.onHeaders;
      if (onHeaders !== undefined) pending.on('metadata', (metadata) => onHeaders(headersOf(metadata)));
    });

  return {
    async decide(request, call) {
      check('turnpike.v1.DecideRequest', request);
      return decisionOf(await unary(CLIENT_METHODS.Decide, request, call));
    },
    async decideBatch(requests, call) {
      check('turnpike.v1.DecideBatchRequest', { requests });
      return (await unary(CLIENT_METHODS.DecideBatch, { requests }, call)).results.map(itemOf);
    },
    openStream(handlers, call) {
      const stream = client.makeBidiStreamRequest(
        CLIENT_METHODS.DecideStream.path,
        CLIENT_METHODS.DecideStream.requestSerialize,
        CLIENT_METHODS.DecideStream.responseDeserialize,
        metadataFor(call),
        call?.timeoutMs === undefined ? {} : { deadline: Date.now() + call.timeoutMs },
      );
      return openDecisionStream(stream, handlers, (request) => check('turnpike.v1.DecideRequest', request));
    },
    async report(report, call) {
      check('turnpike.v1.ReportRequest', report);
      return unary(CLIENT_METHODS.Report, { ...report }, call);
    },
    close: () => client.close(),
  };
}

function channelCredentials(security: ClientSecurity = { kind: 'insecure' }) {
  switch (security.kind) {
    case 'insecure':
      return credentials.createInsecure();
    case 'tls':
      try {
        return credentials.createSsl(pem(security.serverCaPem), pem(security.keyPem), pem(security.certificatePem));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : 'not readable';
        throw new Failure('config_invalid', `tls: the CA, certificate or key does not load: ${why}`, { cause });
      }
  }
}

const pem = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));

function headersOf(metadata: Metadata): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata.getMap()).map(([name, value]) => [name, String(value)]));
}

/** Gateway calls as a client with stubs makes them. */
import {
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import type {
  GenerateEventMessage,
  GenerateRequestMessage,
  GenerateResponseMessage,
} from '../../../src/transport/grpc/gateway-messages.ts';
import { codecOf } from '../../../src/transport/grpc/wire.ts';

const request = codecOf<GenerateRequestMessage>('turnpike.v1.GenerateRequest');
const response = codecOf<GenerateResponseMessage>('turnpike.v1.GenerateResponse');
const event = codecOf<GenerateEventMessage>('turnpike.v1.GenerateEvent');

export const gatewayClient = (address: string): Client => new Client(address, credentials.createInsecure());

export interface Answer {
  readonly message: GenerateResponseMessage | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly status: StatusObject;
}

export interface CallSettings {
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineAtMs?: number;
  /** Sent instead of the message. */
  readonly bytes?: Buffer;
}

const metadataFor = (headers: Readonly<Record<string, string>> = {}): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
};

const optionsOf = ({ deadlineAtMs }: CallSettings) => (deadlineAtMs === undefined ? {} : { deadline: deadlineAtMs });

export function generate(client: Client, message: GenerateRequestMessage, settings: CallSettings = {}) {
  let cancel = (): void => undefined;
  const answer = new Promise<Answer>((resolve) => {
    let received: GenerateResponseMessage | undefined;
    let headers: Readonly<Record<string, unknown>> = {};
    const call = client.makeUnaryRequest(
      '/turnpike.v1.Gateway/Generate',
      (value: GenerateRequestMessage) => settings.bytes ?? request.encode(value),
      (bytes: Buffer) => response.decode(bytes),
      message,
      metadataFor(settings.headers),
      optionsOf(settings),
      (_error: ServiceError | null, value?: GenerateResponseMessage) => {
        received = value;
      },
    );
    call.on('metadata', (metadata) => {
      headers = metadata.getMap();
    });
    call.on('status', (status) => setImmediate(() => resolve({ message: received, headers, status })));
    cancel = () => call.cancel();
  });
  return { answer, cancel: () => cancel() };
}

export interface Streamed {
  readonly call: ClientReadableStream<GenerateEventMessage>;
  readonly events: readonly GenerateEventMessage[];
  /** Resolves with what the server said first. */
  readonly headers: Promise<Readonly<Record<string, unknown>>>;
  readonly status: Promise<StatusObject>;
}

/** Reads by itself, unless it is paused. */
export function generateStream(client: Client, message: GenerateRequestMessage, settings: CallSettings = {}): Streamed {
  const call = client.makeServerStreamRequest(
    '/turnpike.v1.Gateway/GenerateStream',
    (value: GenerateRequestMessage) => settings.bytes ?? request.encode(value),
    (bytes: Buffer) => event.decode(bytes),
    message,
    metadataFor(settings.headers),
    optionsOf(settings),
  );
  const events: GenerateEventMessage[] = [];
  call.on('data', (one: GenerateEventMessage) => events.push(one));
  call.on('error', () => undefined); // said by the status
  return {
    call,
    events,
    headers: new Promise((resolve) => call.on('metadata', (metadata) => resolve(metadata.getMap()))),
    status: new Promise((resolve) => call.on('status', (status) => setImmediate(() => resolve(status)))),
  };
}

/** Calls by bytes, as a client of any make or malice sends them. */
import { Client, credentials, Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { codecOf } from '../../../src/transport/grpc/wire.ts';

export const DECIDE = '/turnpike.v1.DecisionService/Decide';
export const STREAM = '/turnpike.v1.DecisionService/DecideStream';

const asIs = (bytes: Buffer): Buffer => bytes;

export const rawClient = (address: string): Client => new Client(address, credentials.createInsecure());

export interface RawEnd {
  /** The answer, when there was one. */
  readonly bytes: Buffer | undefined;
  readonly code: number;
  readonly details: string;
}

export function rawUnary(
  client: Client,
  path: string,
  bytes: Buffer,
  settings: { readonly metadata?: Metadata; readonly deadlineAtMs?: number } = {},
): Promise<RawEnd> {
  return new Promise((resolve) => {
    let answer: Buffer | undefined;
    const callback = (_error: ServiceError | null, value?: Buffer): void => {
      answer = value;
    };
    const options = settings.deadlineAtMs === undefined ? {} : { deadline: settings.deadlineAtMs };
    client
      .makeUnaryRequest(path, asIs, asIs, bytes, settings.metadata ?? new Metadata(), options, callback)
      .on('status', ({ code, details }: StatusObject) => setImmediate(() => resolve({ bytes: answer, code, details })));
  });
}

export const rawStream = (client: Client) => client.makeBidiStreamRequest(STREAM, asIs, asIs, new Metadata(), {});

/** Bytes of a message of the service. */
export const bytesOf = (typeName: string, message: object): Buffer => codecOf(typeName).encode(message);
export const messageOf = (typeName: string, bytes: Buffer): unknown => codecOf(typeName).decode(bytes);

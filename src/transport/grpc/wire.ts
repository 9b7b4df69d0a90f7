/** Loads proto/ once and gives a codec for each message: bytes ⇄ plain objects with the field names of the proto. */
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { Failure } from '../../core/failure.ts';
import { compileEncoder } from './encoder.ts';
import { StrictReader } from './strict-reader.ts';

export const PROTO_DIRECTORY = fileURLToPath(new URL('../../../proto/', import.meta.url));
export const SERVICE_FILE = 'turnpike/v1/decision.proto';
export const SERVICE_NAME = 'turnpike.v1.DecisionService';
export const GATEWAY_FILE = 'turnpike/v1/gateway.proto';
export const GATEWAY_NAME = 'turnpike.v1.Gateway';
export const REPORTS_FILE = 'turnpike/v1/cost_reports.proto';
export const REPORTS_NAME = 'turnpike.v1.Reports';

export interface Codec<Message> {
  encode(message: Message): Buffer;
  /**
   * Absent fields stay absent; int64 is bigint.
   * @throws Failure `invalid_request` when the bytes are no such message or hold text that is not UTF-8
   */
  decode(bytes: Buffer): Message;
  /** As `decode`, with proto3 defaults filled in: zeros, empty lists, and null for absent messages. */
  decodeFilled(bytes: Buffer): Message;
}

const root = loadRoot();

/**
 * @typeParam Message the shape in messages.ts that describes the same message; a test sends each across
 * @param name full name, such as `turnpike.v1.Decision`
 */
export function codecOf<Message extends object>(name: string): Codec<Message> {
  const type = root.lookupType(name);
  const read = (bytes: Buffer, defaults: boolean): Message => {
    try {
      const message = type.decode(new StrictReader(bytes));
      // The proto is the definition of the type; the cast that TypeScript cannot check is said here, once.
      return type.toObject(message, { longs: BigInt, defaults }) as Message;
    } catch (reason) {
      if (reason instanceof Failure) throw reason;
      throw new Failure('invalid_request', `message: the bytes are not a ${name}`, { cause: reason });
    }
  };
  return {
    encode: compileEncoder(type),
    decode: (bytes) => read(bytes, false),
    decodeFilled: (bytes) => read(bytes, true),
  };
}

/** @returns the message type as protobufjs describes it, for who must know its fields */
export const typeOf = (name: string): protobuf.Type => root.lookupType(name);

function loadRoot(): protobuf.Root {
  const loading = new protobuf.Root();
  loading.resolvePath = (_origin, target) => (target.startsWith('/') ? target : PROTO_DIRECTORY + target);
  loading
    .loadSync([SERVICE_FILE, GATEWAY_FILE, REPORTS_FILE, 'google/rpc/status.proto', 'google/rpc/error_details.proto'], {
      keepCase: true,
    })
    .resolveAll();
  return loading;
}

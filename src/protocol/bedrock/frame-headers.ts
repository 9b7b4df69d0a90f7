/** Headers of an AWS event-stream frame: a name, a type, and a value of that type; all types that the format has. */

export type HeaderValue =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'byte' | 'short' | 'integer'; readonly value: number }
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'string'; readonly value: string }
  /** Milliseconds since the epoch. */
  | { readonly type: 'timestamp'; readonly value: bigint }
  | { readonly type: 'uuid'; readonly value: string };

export type FrameHeaders = ReadonlyMap<string, HeaderValue>;

/** Never leaves this folder: the decoder turns it into its fault. */
export class HeadersFault extends Error {
  readonly kind: 'header_malformed' | 'header_repeated';

  constructor(kind: HeadersFault['kind']) {
    super(kind);
    this.kind = kind;
  }
}

/** @throws HeadersFault */
export function readHeaders(bytes: Buffer): FrameHeaders {
  const headers = new Map<string, HeaderValue>();
  let at = 0;
  const take = (size: number): number => {
    const from = at;
    at += size;
    if (at > bytes.length) throw new HeadersFault('header_malformed');
    return from;
  };
  const sized = (): Buffer => {
    const size = bytes.readUInt16BE(take(2));
    const from = take(size);
    return bytes.subarray(from, from + size);
  };
  while (at < bytes.length) {
    const nameBytes = bytes.readUInt8(take(1));
    if (nameBytes === 0) throw new HeadersFault('header_malformed');
    const nameAt = take(nameBytes);
    const name = bytes.toString('utf8', nameAt, nameAt + nameBytes);
    if (headers.has(name)) throw new HeadersFault('header_repeated');
    headers.set(name, readValue(bytes, bytes.readUInt8(take(1)), take, sized));
  }
  return headers;
}

function readValue(bytes: Buffer, type: number, take: (size: number) => number, sized: () => Buffer): HeaderValue {
  switch (type) {
    case 0:
      return { type: 'boolean', value: true };
    case 1:
      return { type: 'boolean', value: false };
    case 2:
      return { type: 'byte', value: bytes.readInt8(take(1)) };
    case 3:
      return { type: 'short', value: bytes.readInt16BE(take(2)) };
    case 4:
      return { type: 'integer', value: bytes.readInt32BE(take(4)) };
    case 5:
      return { type: 'long', value: bytes.readBigInt64BE(take(8)) };
    case 6:
      return { type: 'binary', value: Uint8Array.from(sized()) };
    case 7:
      return { type: 'string', value: sized().toString('utf8') };
    case 8:
      return { type: 'timestamp', value: bytes.readBigInt64BE(take(8)) };
    case 9:
      return { type: 'uuid', value: uuidText(bytes, take(16)) };
    default:
      throw new HeadersFault('header_malformed');
  }
}

const uuidText = (bytes: Buffer, at: number): string =>
  bytes.toString('hex', at, at + 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Text in and out of a policy's memory, by native calls on one view that is renewed only when the memory grew. */
import type { Address } from './abi.ts';

export interface TextMemory {
  /** @returns bytes written, as UTF-8; the caller has made sure that they fit */
  write(text: string, at: Address): number;
  writeBytes(bytes: Uint8Array, at: Address): void;
  /** Text up to the next NUL. */
  read(at: Address): string;
  sizeBytes(): number;
}

export function createTextMemory(memory: WebAssembly.Memory): TextMemory {
  let buffer = memory.buffer;
  let bytes = Buffer.from(buffer);
  function current(): Buffer {
    if (memory.buffer !== buffer) {
      buffer = memory.buffer;
      bytes = Buffer.from(buffer);
    }
    return bytes;
  }
  return {
    write: (text, at) => current().write(text, at, 'utf8'),
    writeBytes: (source, at) => current().set(source, at),
    read(at) {
      const view = current();
      const end = view.indexOf(0, at);
      return view.toString('utf8', at, end === -1 ? view.length : end);
    },
    sizeBytes: () => memory.buffer.byteLength,
  };
}

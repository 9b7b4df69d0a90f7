/** Text in and out of a policy's memory by native calls; the memory never grows, so one view serves for ever. */
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
  const bytes = Buffer.from(memory.buffer);
  return {
    write: (text, at) => bytes.write(text, at, 'utf8'),
    writeBytes: (source, at) => bytes.set(source, at),
    read(at) {
      const end = bytes.indexOf(0, at);
      return bytes.toString('utf8', at, end === -1 ? bytes.length : end);
    },
    sizeBytes: () => bytes.length,
  };
}

/**
 * A protobuf reader that refuses text which is not UTF-8, as proto3 demands. The stock reader replaces such bytes by
 * U+FFFD, so two different byte strings would become one name.
 */
import { isUtf8 } from 'node:buffer';
import protobuf from 'protobufjs';
import { Failure } from '../../core/failure.ts';

export class StrictReader extends protobuf.BufferReader {
  override string(): string {
    const startedAt = this.pos;
    const text = super.string();
    // Only a replacement character can hide bad bytes, and it may also have been sent as such.
    if (text.includes('\uFFFD')) this.#requireUtf8(startedAt);
    return text;
  }

  #requireUtf8(startedAt: number): void {
    const endedAt = this.pos;
    this.pos = startedAt;
    const sizeBytes = this.uint32();
    const contentAt = this.pos;
    this.pos = endedAt;
    if (!isUtf8(this.buf.subarray(contentAt, contentAt + sizeBytes))) {
      throw new Failure('invalid_request', `message: the text at byte ${contentAt} is not UTF-8`);
    }
  }
}

/**
 * What goes onto a socket, text of one tick in one write: what one read of a vendor brings comes in several pieces, and
 * each call to the kernel costs more than all that joins them.
 */
import type { Socket } from 'node:net';
import type { Bytes, Encoding } from './turn.ts';

export class TickWriter {
  private readonly socket: Socket;
  private readonly drained: () => void;
  private text = '';
  private encoding: 'latin1' | 'utf8' = 'latin1';
  private isScheduled = false;
  /** Somebody was told to wait, and the socket may not know. */
  private owesDrain = false;
  private readonly tick: () => void;

  /** @param drained told when more is taken again, where the socket does not tell */
  constructor(socket: Socket, drained: () => void) {
    this.socket = socket;
    this.drained = drained;
    this.tick = () => {
      this.isScheduled = false;
      const takesMore = this.flush();
      const owes = this.owesDrain;
      this.owesDrain = false;
      if (owes && takesMore) this.drained();
    };
  }

  /** @returns false when no more is taken for now */
  write(bytes: Bytes, encoding: Encoding): boolean {
    if (typeof bytes !== 'string') return this.writeBytes(bytes);
    this.join(bytes, encoding);
    if (!this.isScheduled) {
      this.isScheduled = true;
      process.nextTick(this.tick);
    }
    const takesMore = this.socket.writableLength + this.text.length < this.socket.writableHighWaterMark;
    if (!takesMore) this.owesDrain = true;
    return takesMore;
  }

  /** With all that waits, at once. */
  writeNow(bytes: Bytes, encoding: Encoding): void {
    if (typeof bytes !== 'string') {
      this.writeBytes(bytes);
      return;
    }
    this.join(bytes, encoding);
    this.flush();
  }

  /** Behind what waits, in one call to the kernel. */
  private writeBytes(bytes: Uint8Array): boolean {
    this.socket.cork();
    this.flush();
    const takesMore = this.socket.write(bytes);
    this.socket.uncork();
    return takesMore;
  }

  /** @returns false when the socket takes no more for now, and will tell */
  private flush(): boolean {
    const { text } = this;
    if (text === '') return true;
    this.text = '';
    return this.socket.write(text, this.encoding);
  }

  private join(text: string, encoding: Encoding): void {
    const other = encoding === 'ascii' ? this.encoding : encoding;
    if (other !== this.encoding) this.flush();
    this.encoding = other;
    this.text += text;
  }
}

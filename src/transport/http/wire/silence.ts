/** Cuts a client that does not take what it asked for: nothing moves on its socket while bytes wait for it. */
import type { Socket } from 'node:net';

export class Silence {
  private readonly socket: Socket;
  private readonly boundMs: number;
  private isWatched = false;

  constructor(socket: Socket, boundMs: number) {
    this.socket = socket;
    this.boundMs = boundMs;
    socket.on('timeout', () => {
      if (socket.writableLength > 0) socket.destroy();
      else this.forget();
    });
  }

  watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    this.socket.setTimeout(this.boundMs);
  }

  forget(): void {
    if (!this.isWatched) return;
    this.isWatched = false;
    this.socket.setTimeout(0);
  }
}

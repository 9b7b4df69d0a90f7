/**
 * A stream that writes more than its vendor was asked for. What is written is an estimate until the vendor counts, so
 * it is let go a little beyond its cap; from there on it is paid for piece by piece, or ended.
 */
import type { HeldFunds } from './funds.ts';

/** Text is counted by its length, which is off by less than this. */
const SLACK = 2;

export interface OutrunListener {
  /** Nothing may flow until the money for it is there. */
  pause(): void;
  resume(): void;
  /** Nobody pays for more. */
  end(): void;
}

export class Outrun {
  private readonly held: HeldFunds;
  private readonly stepTokens: number;
  /** The most that a step may cost, in nano-USD. */
  private readonly stepNano: bigint;
  private readonly listener: OutrunListener;
  private paidTokens: number;
  private asking = false;

  constructor(held: HeldFunds, maxOutputTokens: number, stepNano: bigint, listener: OutrunListener) {
    this.held = held;
    this.stepTokens = maxOutputTokens;
    this.stepNano = stepNano;
    this.listener = listener;
    this.paidTokens = maxOutputTokens * SLACK;
  }

  /** @param tokens written so far */
  wrote(tokens: number): void {
    if (tokens <= this.paidTokens || this.asking) return;
    const answer = this.held.extend(this.stepNano);
    if (typeof answer === 'boolean') {
      this.answered(answer);
      return;
    }
    this.asking = true;
    this.listener.pause();
    void answer.then((more) => {
      this.asking = false;
      this.answered(more);
      if (more) this.listener.resume();
    });
  }

  private answered(more: boolean): void {
    if (more) this.paidTokens += this.stepTokens;
    else this.listener.end();
  }
}

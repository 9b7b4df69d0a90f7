/**
 * One connection: reads requests one behind the other, hands each up as a turn, and writes its answer before it looks at
 * the next. What comes early waits, within a bound, and beyond it in the socket; reading goes on so far because only a
 * read tells that the client left. One set of listeners for its life; time is looked at by one sweep over all.
 */
import type { Socket } from 'node:net';
import { type Decoder, decoderOf } from './decoder.ts';
import { EarlyBytes } from './early-bytes.ts';
import type { Fault } from './fault.ts';
import { HeadReader } from './head-reader.ts';
import { consequenceOf, MAX_DISCARD_BYTES, type Phase } from './overdue.ts';
import { parseRequestHead } from './request-head.ts';
import type { Shared } from './service.ts';
import { Silence } from './silence.ts';
import { TickWriter } from './tick-writer.ts';
import { type Behind, type Bytes, type Encoding, type Line, Turn } from './turn.ts';

export class Connection implements Line {
  readonly socket: Socket;
  readonly shared: Shared;
  private phase: Phase = 'head';
  /** When what is waited for now began. */
  private sinceMs: number = performance.now();
  private isFresh = true;
  private readonly head: HeadReader;
  /** Whose body may still come; its answer may be out. */
  private turn: Turn | undefined;
  private isTurnOver = true;
  /** The last bytes of its answer are written, and not all taken yet. */
  private isFinishing = false;
  private behind: Behind = 'stay';
  /** Of the body; undefined: there is none. */
  private decoder: Decoder | undefined;
  private thrownBytes = 0;
  private readonly early: EarlyBytes = new EarlyBytes();
  private isPaused = false;
  private readonly silence: Silence;
  private readonly output: TickWriter;
  private readonly take: (view: Buffer) => void;
  private readonly flushed: (error?: Error | null) => void;

  constructor(socket: Socket, shared: Shared) {
    this.socket = socket;
    this.shared = shared;
    this.head = new HeadReader(shared.bounds.maxHeaderBytes);
    this.output = new TickWriter(socket, () => this.turn?.writer?.drained());
    this.silence = new Silence(socket, shared.bounds.keepaliveTimeoutMs);
    this.take = (view) => {
      if (this.turn?.body.add(view) === false) this.pause();
    };
    this.flushed = (error) => {
      if (error === null || error === undefined) this.answered();
    };
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
    socket.on('end', () => this.ended());
    socket.on('drain', () => this.turn?.writer?.drained());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.leave();
      shared.closed(socket);
    });
  }

  /** Cut now where nothing is waited for. */
  drain(): void {
    switch (this.phase) {
      case 'head':
        if (!this.head.isBegun) this.socket.destroySoon();
        return;
      case 'rest':
      case 'closing':
        this.socket.destroySoon();
        return;
      case 'serving':
      case 'lingering':
        return;
    }
  }

  /** Looks whether something takes too long. */
  sweep(nowMs: number): void {
    const { phase, turn } = this;
    const waiting = {
      phase,
      forMs: nowMs - this.sinceMs,
      isAsking: this.isFresh || this.head.isBegun,
      isUploading: turn?.body.isComplete === false,
      isOwed: turn?.isPatient === false && !turn.hasSaid,
    };
    switch (consequenceOf(waiting, this.shared.bounds)) {
      case 'nothing':
        return;
      case 'refuse':
        this.refuse('late');
        return;
      case 'end':
        if (phase === 'head') this.socket.destroySoon();
        else this.close();
        return;
      case 'cut':
        this.socket.destroy();
    }
  }

  resume(): void {
    if (!this.isPaused || this.early.isFull) return;
    this.isPaused = false;
    this.socket.resume();
  }

  write(bytes: Bytes, encoding: Encoding): boolean {
    if (this.isTurnOver) return true;
    const takesMore = this.output.write(bytes, encoding);
    if (!takesMore) this.silence.watch();
    return takesMore;
  }

  finish(bytes: Bytes, encoding: Encoding, behind: Behind): void {
    const { turn, socket } = this;
    if (this.isTurnOver || turn === undefined) return;
    this.behind = behind;
    this.isFinishing = true;
    this.output.writeNow(bytes, encoding);
    // A client that sends all before it reads is read from, or neither would ever go on.
    if (!turn.body.isComplete) {
      turn.body.discard();
      this.resume();
    }
    if (socket.writableLength === 0) {
      this.answered();
      return;
    }
    this.silence.watch();
    socket.write('', 'latin1', this.flushed);
  }

  private receive(bytes: Buffer): void {
    switch (this.phase) {
      case 'head':
        this.receiveHead(bytes);
        return;
      case 'serving':
      case 'rest':
      case 'lingering':
        if (this.turn?.body.isComplete === false) this.receiveBody(bytes, 0);
        else this.hold(bytes);
        return;
      case 'closing':
        this.thrownBytes += bytes.length;
        if (this.thrownBytes > MAX_DISCARD_BYTES) this.socket.destroy();
        return;
    }
  }

  private receiveHead(bytes: Buffer): void {
    const isFirst = !this.head.isBegun;
    const head = this.head.read(bytes);
    // An empty line behind a body is no head.
    if (isFirst && (head !== undefined || this.head.isBegun)) this.sinceMs = performance.now();
    if (typeof head === 'string') this.refuse(head);
    else if (head !== undefined) this.begin(head.text, bytes, head.end);
  }

  /** @param from where in the bytes the head ended */
  private begin(text: string, bytes: Buffer, from: number): void {
    const { maxFields, maxHeaderBytes } = this.shared.bounds;
    const head = parseRequestHead(text, maxFields);
    if (typeof head === 'string') {
      this.refuse(head);
      return;
    }
    const turn = new Turn(head, this);
    this.isFresh = false;
    this.turn = turn;
    this.decoder = decoderOf(head, maxHeaderBytes);
    if (this.decoder === undefined) turn.body.complete();
    if (from < bytes.length) {
      if (turn.body.isComplete) this.hold(bytes.subarray(from));
      else this.receiveBody(bytes, from);
      // Its body was refused.
      if (this.phase !== 'head') return;
    }
    this.phase = 'serving';
    this.isTurnOver = false;
    this.shared.service.begin(turn);
  }

  /** @param from where in the bytes it goes on */
  private receiveBody(bytes: Buffer, from: number): void {
    const { turn, decoder } = this;
    if (turn === undefined || decoder === undefined) return;
    const end = decoder.decode(bytes, from, this.take);
    if (typeof end === 'string') {
      this.refuse(end);
    } else if (decoder.isDone) {
      turn.body.complete();
      if (end < bytes.length) this.hold(bytes.subarray(end));
      if (this.phase === 'rest') this.next();
      else if (this.phase === 'lingering') this.close();
    } else if (turn.body.discardedBytes > MAX_DISCARD_BYTES && this.phase !== 'serving') {
      this.close();
    }
  }

  private hold(bytes: Buffer): void {
    this.early.add(bytes);
    if (this.early.isFull) this.pause();
  }

  private pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.socket.pause();
  }

  /** All of the answer has left us. */
  private answered(): void {
    const { turn } = this;
    if (this.isTurnOver || turn === undefined) return;
    this.isTurnOver = true;
    this.isFinishing = false;
    this.silence.forget();
    turn.finished();
    this.shared.service.over(turn);
    if (turn.body.isComplete) {
      if (turn.stays(this.behind)) this.next();
      else this.close();
      return;
    }
    if (this.behind === 'linger') {
      this.phase = 'lingering';
      this.sinceMs = performance.now();
    } else if (turn.stays(this.behind)) {
      this.phase = 'rest';
    } else {
      this.close();
    }
  }

  /** Looks for the next request. */
  private next(): void {
    this.phase = 'head';
    this.turn = undefined;
    this.sinceMs = performance.now();
    const early = this.early.take();
    if (early !== undefined) {
      this.resume();
      this.receiveHead(early);
      return;
    }
    if (this.shared.isDraining) this.socket.destroySoon();
    else this.resume();
  }

  /** The client is told why where nothing was said to it, and heard no more. */
  private refuse(fault: Fault): void {
    const isSaying = this.phase === 'serving' && this.turn?.hasSaid === true;
    if (isSaying) {
      this.socket.destroy();
      return;
    }
    const isHeard = this.phase === 'head' || this.phase === 'serving';
    this.leave();
    if (isHeard) this.output.writeNow(this.shared.service.refusal(fault), 'latin1');
    this.close();
  }

  /**
   * A socket that is closed with bytes unread is reset by the kernel, and the client may lose the answer that tells it
   * why: so our side ends first, and what still comes is thrown away within bounds.
   */
  private close(): void {
    this.phase = 'closing';
    this.sinceMs = performance.now();
    this.thrownBytes = 0;
    this.early.take();
    if (this.shared.isDraining) {
      this.socket.destroySoon();
      return;
    }
    this.socket.end();
    this.resume();
  }

  /** The client says no more. One that waits for an answer is taken for one that left: nobody can tell them apart. */
  private ended(): void {
    if (this.phase === 'head' && this.head.isBegun) {
      this.refuse('malformed');
    } else if (this.phase === 'serving' && !this.isFinishing) {
      this.socket.destroy();
    } else {
      // What is on its way still gets there.
      this.socket.destroySoon();
    }
  }

  /** The turn ends without the end of its answer. */
  private leave(): void {
    const { turn } = this;
    if (this.isTurnOver || turn === undefined) return;
    this.isTurnOver = true;
    turn.left();
    this.shared.service.over(turn);
  }
}

/** A thread that is asked one thing after the other, and answers each once and in their order. */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { Failure, type FailureCode } from '../../core/failure.ts';
import { messageOf } from './database.ts';

/** The first answer, before anything was asked, says that the thread is ready. */
export type Answer =
  | { readonly kind: 'done'; readonly value?: unknown }
  /** `busy`: another process holds the file, or the disk is full: it may go better later. */
  | { readonly kind: 'failed'; readonly message: string; readonly code: FailureCode; readonly busy: boolean };

/** It may go better later. */
export class Busy extends Error {}

export interface Thread<Message> {
  /** @throws Failure as the thread says, `unavailable` where it broke; Busy */
  ask(message: Message): Promise<unknown>;
  readonly ended: Promise<void>;
}

/** Of the heap in which objects are made. */
const YOUNG_MIB = 16;

/** @param name what it does, in a sentence */
export async function startThread<Message>(
  script: URL,
  data: { readonly file: string },
  name: string,
): Promise<Thread<Message>> {
  // The large young generation that a server is started with is for the thread of its calls, which has it already; as
  // a flag it would hold for this one as well, above any limit.
  for (const flag of ['--min-semi-space-size=0', '--max-semi-space-size=0']) setFlagsFromString(flag);
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB };
  const worker = new Worker(script, { workerData: data, resourceLimits });
  const asked: { resolve(value: unknown): void; reject(reason: unknown): void }[] = [];
  const next = (): Promise<unknown> => new Promise((resolve, reject) => asked.push({ resolve, reject }));
  let dead: Failure | undefined;
  worker.on('message', (answer: Answer) => {
    const first = asked.shift();
    if (answer.kind === 'done') first?.resolve(answer.value);
    else first?.reject(answer.busy ? new Busy(answer.message) : new Failure(answer.code, answer.message));
  });
  const ended = new Promise<void>((resolve) => {
    worker.on('error', (reason) => {
      dead = new Failure('unavailable', `ledger ${data.file}: its ${name} broke: ${messageOf(reason)}`);
    });
    worker.on('exit', () => {
      dead ??= new Failure('unavailable', `ledger ${data.file}: its ${name} has ended`);
      for (const { reject } of asked.splice(0)) reject(dead);
      resolve();
    });
  });
  try {
    await next();
  } catch (reason) {
    await worker.terminate();
    throw new Failure('unavailable', `ledger ${data.file}: ${messageOf(reason)}`, { cause: reason });
  }
  return {
    ended,
    ask(message) {
      if (dead !== undefined) return Promise.reject(dead);
      const answered = next();
      worker.postMessage(message);
      return answered;
    },
  };
}

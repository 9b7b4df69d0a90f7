/**
 * Owns the workers of a cluster: as many as were asked for, one set of listeners, a dead one replaced, all drained
 * together. May import core. A worker that dies before it ever served ends the start: the next would die like it.
 */
import { Failure } from '../core/failure.ts';
import { type FromPrimary, type FromWorker, isFromWorker } from './message.ts';

/** A worker process as the primary sees it; `cluster.Worker` of Node is one. */
export interface WorkerProcess {
  readonly id: number;
  send(message: FromPrimary): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
  kill(signal: 'SIGKILL'): unknown;
}

/** Something that the primary keeps for its workers. */
export interface Keeper {
  /** @param answer to that worker, once or more often, now or later; what is told to one that died is heard by nobody */
  told(worker: number, payload: unknown, answer: (payload: unknown) => void): void;
  /** A worker died. */
  gone(worker: number): void;
}

export interface PrimaryOptions {
  readonly workers: number;
  readonly fork: () => WorkerProcess;
  /** Told when a worker died and is replaced. */
  readonly warn: (message: string) => void;
  readonly nowMs: () => number;
  /** By the topic under which workers tell them. */
  readonly keepers?: ReadonlyMap<string, Keeper>;
}

export interface Primary {
  /** @returns what the first worker told when it served. @throws Failure `unavailable` when one dies before */
  start(): Promise<unknown>;
  reload(): void;
  /** Drains every worker, each within its own bound; those that outlive `timeoutMs` are ended. */
  drain(timeoutMs: number): Promise<void>;
}

/** A worker that served so long was sound: it is replaced at once. */
const SOUND_MS = 10_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
/** How long workers may take to answer a question; those that do not are left out. */
const ANSWER_MS = 1_000;

interface Worker {
  readonly process: WorkerProcess;
  readonly startedAtMs: number;
}

export function createPrimary(options: PrimaryOptions): Primary {
  const { fork, warn, nowMs, keepers = new Map<string, Keeper>() } = options;
  const workers = new Map<number, Worker>();
  const questions = new Map<number, (payload: unknown) => void>();
  let draining = false;
  let nextQuestion = 0;
  let delayMs = FIRST_DELAY_MS;

  const others = (id: number): readonly Worker[] => [...workers.values()].filter((worker) => worker.process.id !== id);

  /** Asks every other worker, and hands on what came in time. */
  const gather = (asker: WorkerProcess, id: number, topic: string): void => {
    const asked = others(asker.id);
    const payloads: unknown[] = [];
    const finish = (): void => {
      clearTimeout(timer);
      asker.send({ turnpike: 'answers', id, payloads });
    };
    const timer = setTimeout(finish, ANSWER_MS);
    if (asked.length === 0) finish();
    for (const { process } of asked) {
      nextQuestion += 1;
      const question = nextQuestion;
      questions.set(question, (payload) => {
        payloads.push(payload);
        if (payloads.length === asked.length) finish();
      });
      setTimeout(() => questions.delete(question), ANSWER_MS);
      process.send({ turnpike: 'question', id: question, topic });
    }
  };

  const heard = (from: WorkerProcess, message: FromWorker, ready: (notice: unknown) => void): void => {
    switch (message.turnpike) {
      case 'ready':
        ready(message.notice);
        return;
      case 'broadcast':
        for (const { process } of others(from.id)) process.send(message);
        return;
      case 'ask':
        gather(from, message.id, message.topic);
        return;
      case 'answer':
        questions.get(message.id)?.(message.payload);
        questions.delete(message.id);
        return;
      case 'tell': {
        const { topic } = message;
        const answer = (payload: unknown): void => void from.send({ turnpike: 'tell', topic, payload });
        keepers.get(topic)?.told(from.id, message.payload, answer);
        return;
      }
    }
  };

  const launch = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const process = fork();
      const worker: Worker = { process, startedAtMs: nowMs() };
      let served = false;
      workers.set(process.id, worker);
      process.on('message', (message) => {
        if (!isFromWorker(message)) return;
        heard(process, message, (notice) => {
          served = true;
          resolve(notice);
        });
      });
      process.once('exit', (code, signal) => {
        workers.delete(process.id);
        for (const keeper of keepers.values()) keeper.gone(process.id);
        if (draining) return;
        if (served) replace(worker, signal ?? `exit code ${code}`);
        else
          reject(
            new Failure(
              'unavailable',
              `worker ${process.id}: ended before it served (${signal ?? `exit code ${code}`})`,
            ),
          );
      });
    });

  /** At once where it was sound, else later and later. */
  const replace = (dead: Worker, how: string): void => {
    const sound = nowMs() - dead.startedAtMs >= SOUND_MS;
    delayMs = sound ? FIRST_DELAY_MS : Math.min(delayMs * 2, LONGEST_DELAY_MS);
    const waitMs = sound ? 0 : delayMs;
    warn(`worker ${dead.process.id} died (${how}): starting another${waitMs === 0 ? '' : ` in ${waitMs} ms`}`);
    setTimeout(() => {
      if (draining) return;
      launch().catch((reason: unknown) => {
        warn(Failure.from(reason).message);
        replace({ ...dead, startedAtMs: nowMs() }, 'before it served');
      });
    }, waitMs);
  };

  return {
    async start() {
      // The first compiles the policy, the others find it in the cache.
      const notice = await launch();
      await Promise.all(Array.from({ length: options.workers - 1 }, launch));
      return notice;
    },
    reload() {
      for (const { process } of workers.values()) process.send({ turnpike: 'reload' });
    },
    async drain(timeoutMs) {
      draining = true;
      const ended = [...workers.values()].map(
        ({ process }) => new Promise<void>((resolve) => process.once('exit', () => resolve())),
      );
      const timer = setTimeout(() => {
        for (const { process } of workers.values()) process.kill('SIGKILL');
      }, timeoutMs);
      for (const { process } of workers.values()) process.send({ turnpike: 'drain' });
      await Promise.all(ended);
      clearTimeout(timer);
    },
  };
}

/** `turnpike decide`: one question, one decision, as a person or a script reads it. */
import type { PresentedDecision } from '../core/present.ts';
import { askServer, DEFAULT_SERVER } from './ask-server.ts';
import { type Question, type QuestionFlags, readQuestion } from './decide-question.ts';
import { decisionText } from './decision-text.ts';
import { EXIT } from './failure-text.ts';
import type { Io } from './io.ts';

export interface DecideOptions extends QuestionFlags {
  readonly local?: boolean;
  readonly config?: string;
  readonly server?: string;
  readonly key?: string;
  readonly tlsCa?: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly json?: boolean;
}

/** @param document path of a JSON file, or `-` */
export async function runDecide(document: string | undefined, options: DecideOptions, io: Io): Promise<number> {
  const question = await readQuestion(document, options, io);
  const decision = options.local === true ? await askLocally(question, options, io) : await ask(question, options, io);
  io.stdout.write(options.json === true ? `${JSON.stringify(decision)}\n` : decisionText(decision, io.color));
  return decision.outcome === 'allow' ? EXIT.ok : EXIT.denied;
}

async function ask(question: Question, options: DecideOptions, io: Io): Promise<PresentedDecision> {
  const key = options.key ?? io.env['TURNPIKE_KEY'];
  const server = options.server ?? io.env['TURNPIKE_SERVER'] ?? DEFAULT_SERVER;
  return askServer(
    question,
    {
      server,
      timeoutMs: options.timeout,
      ...(key === undefined ? {} : { key }),
      ...(options.tlsCa === undefined ? {} : { tlsCa: options.tlsCa }),
    },
    io,
  );
}

async function askLocally(question: Question, options: DecideOptions, io: Io): Promise<PresentedDecision> {
  const { decideLocally } = await import('./decide-locally.ts');
  return decideLocally(question, options, io);
}

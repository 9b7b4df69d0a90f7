/** `turnpike decide --local`: the same flow as a server's, in this process, without a listener. */
import { compose } from '../compose.ts';
import { type PresentedDecision, presentDecision } from '../core/present.ts';
import type { Arrival } from '../flows/arrival.ts';
import { readConfig } from './config-file.ts';
import type { Question } from './decide-question.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';
import { packageVersion } from './version.ts';

export interface LocalOptions {
  readonly config?: string;
  readonly key?: string;
}

/** Who runs it holds the policy and the configuration: a credential is read where one is given, and not asked for. */
export async function decideLocally(question: Question, options: LocalOptions, io: Io): Promise<PresentedDecision> {
  const { config } = readConfig(options.config, io);
  const key = options.key ?? io.env['TURNPIKE_KEY'];
  const identity =
    key === undefined ? ({ mode: 'none', keys: [], issuers: [], certificates: [] } as const) : config.identity;
  const progress = createProgress(io);
  progress.step('activating the policy');
  try {
    // One decision of one process is no traffic: it is told to nobody.
    const telemetry = { ...config.telemetry, traces: 'none', metrics: 'none' } as const;
    const server = await compose(
      { ...config, identity, telemetry },
      {
        env: withoutTelemetry(io.env),
        version: packageVersion(),
        onCompilerProgress: ({ phase, detail }) =>
          progress.step(`the policy compiler: ${phase}${detail === undefined ? '' : ` ${detail}`}`),
      },
    );
    try {
      await server.activate();
      const session = await server.flows.openSession(arrival(key));
      const decision = await session.decide(question);
      session.end();
      return presentDecision(decision);
    } finally {
      await server.drain();
    }
  } finally {
    progress.done();
  }
}

const arrival = (key: string | undefined): Arrival => ({
  transport: 'embedded',
  operation: 'turnpike decide',
  credential: key === undefined ? { kind: 'none' } : { kind: 'bearer', token: key },
  header: () => undefined,
});

const withoutTelemetry = (env: Io['env']): Io['env'] =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));

/** A real Prometheus on a free loopback port that scrapes one address every second, and is asked what it has seen. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { prometheus } from './tools.ts';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export interface RunningPrometheus {
  /** The last samples of a query, such as `turnpike_cost_total`. */
  query(expression: string): Promise<readonly Sample[]>;
  /** Resolves when a scrape that began after the call is stored. */
  scraped(): Promise<void>;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

const POLL_MS = 100;
const PATIENCE_MS = 20_000;

/** @param target host and port of what has `/metrics` */
export async function startPrometheus(target: string): Promise<RunningPrometheus> {
  const program = await prometheus();
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, configuration(target));
  const storage = `--storage.tsdb.path=${join(folder, 'data')}`;
  const args = [`--config.file=${config}`, storage, '--web.listen-address=127.0.0.1:0', '--log.level=info'];
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const url = await listening(child.stderr, ended);

  const query = async (expression: string): Promise<readonly Sample[]> => {
    const reply = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    // The cast: the documented answer of Prometheus's query API to an instant query.
    const answer = (await reply.json()) as QueryAnswer;
    if (answer.status !== 'success') throw new Error(`Prometheus says: ${JSON.stringify(answer)}`);
    return answer.data.result.map(({ metric, value: [seconds, value] }) => ({
      labels: metric,
      value: Number(value),
      atMs: seconds * 1000,
    }));
  };
  return {
    query,
    async scraped() {
      const afterMs = Date.now();
      while (Date.now() - afterMs < PATIENCE_MS) {
        // The time of a sample is when its scrape began.
        const [last] = await query('timestamp(up == 1) * 1000');
        if (last !== undefined && last.value > afterMs) return;
        await delay(POLL_MS);
      }
      throw new Error(`Prometheus could not scrape ${target} within ${PATIENCE_MS} ms`);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface QueryAnswer {
  readonly status: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

async function listening(log: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    let address = '';
    createInterface({ input: log }).on('line', (line) => {
      lines.push(line);
      address = /msg="Listening on" address=(\S+)/.exec(line)?.[1] ?? address;
      if (line.includes('Server is ready to receive web requests')) resolve(`http://${address}`);
    });
    ended.then(() => reject(new Error(`prometheus ended:\n${lines.join('\n')}`)), reject);
  });
}

const configuration = (target: string): string => `
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: turnpike
    static_configs: [{targets: ['${target}']}]
`;

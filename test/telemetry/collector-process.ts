/** A real OpenTelemetry Collector on free loopback ports that writes what it receives into files. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { collector } from '../services/tools.ts';

export interface RunningCollector {
  readonly httpUrl: string;
  readonly grpcUrl: string;
  readonly tracesFile: string;
  readonly metricsFile: string;
  /** Lets it write what it holds, then waits for its end. */
  stop(): Promise<void>;
  /** Removes its files. */
  clean(): void;
}

export async function startCollector(): Promise<RunningCollector> {
  const program = await collector();
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-collector-'));
  const tracesFile = join(folder, 'traces.jsonl');
  const metricsFile = join(folder, 'metrics.jsonl');
  const config = join(folder, 'config.yaml');
  writeFileSync(config, configuration(tracesFile, metricsFile));

  const child = spawn(program, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const addresses = new Map<string, string>();
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line);
      const [, protocol, address] = /"Starting (GRPC|HTTP) server".*"endpoint":"([^"]+)"/.exec(line) ?? [];
      if (protocol !== undefined && address !== undefined) addresses.set(protocol, address);
      if (line.includes('Everything is ready')) resolve();
    });
    child.on('exit', () => reject(new Error(`the collector ended:\n${log.join('\n')}`)));
  });

  return {
    httpUrl: `http://${addresses.get('HTTP')}`,
    grpcUrl: `http://${addresses.get('GRPC')}`,
    tracesFile,
    metricsFile,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const configuration = (tracesFile: string, metricsFile: string): string => `
receivers: {otlp: {protocols: {http: {endpoint: 127.0.0.1:0}, grpc: {endpoint: 127.0.0.1:0}}}}
exporters: {file/traces: {path: ${tracesFile}}, file/metrics: {path: ${metricsFile}}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [file/traces]}
    metrics: {receivers: [otlp], exporters: [file/metrics]}
`;

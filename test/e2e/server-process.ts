/** A real `turnpike serve` in a process of its own, on free ports, and what it prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '..', '..');
const LAUNCHER = join(ROOT, 'bin', 'turnpike');

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ServerProcess {
  readonly grpc: string;
  /** With its scheme. */
  readonly http: string;
  /** The lines to paste, in the order printed. */
  readonly paste: readonly string[];
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  /** Resolves when standard error says it. */
  said(text: string): Promise<void>;
  /** Resolves when the process has ended by itself. */
  readonly ended: Promise<Ended>;
  /** Ends it, whatever it does. */
  kill(): Promise<void>;
}

export interface Settings {
  /** Text of turnpike.yaml. */
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The sample policies on free ports, for whoever is on this machine. */
export const OPEN_CONFIG = `policy: {source: ${join(ROOT, 'policies')}}
identity: {mode: none}
transports:
  grpc: {port: 0}
  http: {port: 0}
`;

/** Runs `turnpike serve` until it ends by itself: for what must not start. */
export function serveToEnd(settings: Settings): Promise<Ended> {
  const started = launch(settings);
  return started.ended;
}

/** Starts a server and waits until it is ready. */
export async function serve(settings: Settings): Promise<ServerProcess> {
  const { child, ended, output, changed } = launch(settings);
  const ready = (): boolean => output.stdout.includes('\nAsk it:\n') && output.stdout.endsWith('\n\n');
  let over: Ended | undefined;
  void ended.then((ending) => {
    over = ending;
  });
  while (!ready()) {
    await Promise.race([changed(), ended]);
    if (over !== undefined) throw new Error(`the server ended: ${over.stderr}`);
  }
  const lines = output.stdout.split('\n');
  const after = (label: string): string => lines.find((line) => line.startsWith(`  ${label}  `))?.slice(8) ?? '';
  return {
    grpc: after('gRPC'),
    http: after('HTTP'),
    paste: lines.slice(lines.indexOf('Ask it:') + 1).flatMap((line) => (line.trim() === '' ? [] : [line.trim()])),
    pid: child.pid ?? 0,
    signal: (name) => child.kill(name),
    async said(text) {
      while (!output.stderr.includes(text)) {
        await Promise.race([changed(), ended]);
        if (over !== undefined && !output.stderr.includes(text))
          throw new Error(`never said "${text}": ${output.stderr}`);
      }
    },
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly output: { stdout: string; stderr: string };
  /** Resolves at the next byte on either stream. */
  readonly changed: () => Promise<void>;
}

function launch({ config, env = {} }: Settings): Launched {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-e2e-'));
  writeFileSync(join(folder, 'turnpike.yaml'), config);
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    cwd: folder,
    env: { ...process.env, CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  let wake: (() => void)[] = [];
  const wakeAll = (): void => {
    for (const resolve of wake) resolve();
    wake = [];
  };
  child.stdout.on('data', (part: Buffer) => {
    output.stdout += part.toString('utf8');
    wakeAll();
  });
  child.stderr.on('data', (part: Buffer) => {
    output.stderr += part.toString('utf8');
    wakeAll();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (exitCode) => {
      rmSync(folder, { recursive: true, force: true });
      resolve({ exitCode, ...output });
    });
  });
  return { child, ended, output, changed: () => new Promise((resolve) => wake.push(resolve)) };
}

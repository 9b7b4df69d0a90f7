/** Builds the compiler with the Go that is on PATH; fails with `compiler_unavailable` and one sentence. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Failure } from '../../core/failure.ts';

/** Part of the compiler's hash: other flags are another compiler. */
export const GO_FLAGS: readonly string[] = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags=-s -w'];
export const GO_ENVIRONMENT: Readonly<Record<string, string>> = { GOOS: 'wasip1', GOARCH: 'wasm', GOWORK: 'off' };

const HEARTBEAT_MS = 1_000;
const KEPT_LINES = 40;

export interface GoBuild {
  readonly sourceDirectory: string;
  readonly output: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: (phase: 'downloading modules' | 'compiling', detail?: string) => void;
}

export function buildWithGo(build: GoBuild): Promise<void> {
  const { sourceDirectory, output, env, report } = build;
  return new Promise((resolve, reject) => {
    let phase: 'downloading modules' | 'compiling' = 'compiling';
    let detail: string | undefined;
    const lines: string[] = [];
    report(phase);
    const heartbeat = setInterval(() => report(phase, detail), HEARTBEAT_MS);
    const go = spawn('go', ['build', '-v', ...GO_FLAGS, '-o', output, '.'], {
      cwd: sourceDirectory,
      env: { ...env, ...GO_ENVIRONMENT },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    createInterface({ input: go.stderr }).on('line', (line) => {
      const downloading = /^go: downloading (.+)$/.exec(line)?.[1];
      phase = downloading === undefined ? 'compiling' : 'downloading modules';
      detail = downloading ?? line;
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      report(phase, detail);
    });
    go.on('error', (cause: NodeJS.ErrnoException) => {
      clearInterval(heartbeat);
      reject(
        cause.code === 'ENOENT'
          ? goMissing(cause)
          : new Failure('compiler_unavailable', 'go cannot be started', { cause }),
      );
    });
    go.on('close', (code, signal) => {
      clearInterval(heartbeat);
      if (code === 0) resolve();
      else reject(buildFailed(lines, signal ?? `exit code ${code}`));
    });
  });
}

function goMissing(cause: unknown): Failure {
  return new Failure(
    'compiler_unavailable',
    'the policy compiler is not built yet and Go was not found: install Go 1.26 or later (https://go.dev/dl) and run this again, or serve a bundle that is built already',
    { cause },
  );
}

function buildFailed(lines: readonly string[], how: string): Failure {
  // Names of packages and modules are progress; what is left is the reason.
  const reason = lines.findLast((line) => / /.test(line) && !line.startsWith('go: downloading '));
  return new Failure(
    'compiler_unavailable',
    `building the policy compiler with Go failed (${how})${reason === undefined ? '' : `: ${reason}`}`,
    { cause: lines.join('\n') },
  );
}

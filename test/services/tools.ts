/** The real servers that tests run against, each built on first use; the runner builds what its tests need before them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptTool, unpackedTool } from './apt-tool.ts';
import { goProgram, goTool } from './go-tool.ts';
import { pythonTool } from './python-tool.ts';

/** A stock OpenTelemetry Collector 0.161 that takes OTLP and writes JSON lines. */
export function collector(): Promise<string> {
  return goProgram(join(import.meta.dirname, 'collector'));
}

/** The stock `opa`, of the very version that the compiler is made of. */
export async function stockOpa(): Promise<string> {
  const module = 'github.com/open-policy-agent/opa';
  const goMod = await readFile(join(import.meta.dirname, '..', '..', 'compiler', 'go.mod'), 'utf8');
  const version = new RegExp(`${module} (v[0-9.]+)`).exec(goMod)?.[1];
  if (version === undefined) throw new Error(`compiler/go.mod names no version of ${module}`);
  return goTool({ module, version });
}

/** A Python that has the official SDKs of OpenAI and Anthropic. */
export function pythonSdks(): Promise<string> {
  return pythonTool(join(import.meta.dirname, 'python-sdks'));
}

/** The server of PostgreSQL, whose other programs are beside it. */
export function postgres(): Promise<string> {
  return aptTool({ program: 'postgres', package: 'postgresql', folders: '/usr/lib/postgresql/*/bin' });
}

export function prometheus(): Promise<string> {
  return unpackedTool({ program: 'prometheus', package: 'prometheus' }, 'usr/bin/prometheus');
}

export function redis(): Promise<string> {
  return aptTool({ program: 'redis-server', package: 'redis-server' });
}

/** By the name that a test's `// needs:` line uses. */
export const TOOLS: ReadonlyMap<string, () => Promise<string>> = new Map([
  ['collector', collector],
  ['opa', stockOpa],
  ['postgres', postgres],
  ['prometheus', prometheus],
  ['python-sdks', pythonSdks],
  ['redis', redis],
]);

/**
 * The gateway beside others: a bare Node proxy as the floor, Portkey's and, with `--peers`, LiteLLM's. All in one run,
 * each alone on a core, against the same upstream, asked for the same; each answer must be whole and OK.
 */
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import runtime from '../../bin/server-runtime.js';
import { mintKey } from '../../src/identity/keys.ts';
import type { Compiler } from '../../src/policy/compiler/client.ts';
import { atLeast, atMost, type Bar } from '../bars.ts';
import { samplePolicy } from '../decision/sample-policy.ts';
import { startChild } from '../load/child.ts';
import { startLiteLlm } from '../peers/litellm.ts';
import { startPortkey } from '../peers/portkey.ts';
import type { BenchOptions, Row, Section } from '../section.ts';
import type { Contender } from './contender.ts';
import { measureMemory } from './memory.ts';
import { type MoneyPair, measureMoney } from './money.ts';
import { pin } from './pinned.ts';
import { type Measured, measureStreams, measureWhole, STREAMS, WHOLE } from './rounds.ts';
import { configOf, type GatewayUnderTest } from './turnpike-config.ts';

const DIRECT = 'upstream, no gateway';
const BARE = 'bare node:http + undici';
const OURS = 'turnpike, same protocol';
const TRANSLATED = 'turnpike, OpenAI to Anthropic';
const UNTRACED = 'turnpike, no traces';
const PAID = 'turnpike, money held and written down';
const PORTKEY = 'portkey';
const LITELLM = 'litellm';

export async function gatewaySection(compiler: Compiler, options: BenchOptions): Promise<Section> {
  await samplePolicy('sample', compiler); // built here, so that the gateway finds it in the cache
  const running: Stoppable[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
  try {
    return await measured(options, folder, (server) => {
      running.push(server);
      return server;
    });
  } finally {
    for (const server of running.reverse()) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stoppable {
  stop(): Promise<void>;
}

/** @param keep is given every server that runs, to be stopped however this ends */
async function measured(
  options: BenchOptions,
  folder: string,
  keep: <Server extends Stoppable>(server: Server) => Server,
) {
  const pinning = pin();
  const script = (path: string): URL => new URL(path, import.meta.url);
  options.progress('starting upstream and gateways');
  const upstream = keep(await startChild<{ readonly address: string }>(script('./upstream-server.ts'), {}));
  const sink = keep(await startChild<{ readonly otlp: string }>(script('../tracing/sink.ts'), {}));
  const { address } = upstream.addresses;
  const minted = mintKey({ fill: (buffer) => void randomFillSync(buffer) }, 'bench');

  const start = async (name: string, said: Pick<GatewayUnderTest, 'speaks' | 'traces' | 'money'>) => {
    const config = configOf({ folder, upstream: address, keyHash: minted.hash, ...said });
    const exporting = said.traces === 'otlp' ? { OTEL_EXPORTER_OTLP_ENDPOINT: sink.addresses.otlp } : {};
    const environment = { BENCH_VENDOR_KEY: 'vendor-key', ...exporting, ...runtime.VARIABLES };
    const terms = { measured: pinning.measured, environment, flags: runtime.FLAGS };
    const server = script('./turnpike-gateway-server.ts');
    const { addresses, ...child } = await startChild<{ readonly http: string }>(server, { config, folder }, terms);
    const headers = `authorization: Bearer ${minted.key}\r\n`;
    return { name, address: addresses.http, headers, model: 'auto', ...child };
  };
  const turnpike = async (...asked: Parameters<typeof start>) => keep(await start(...asked));
  const moneyPair = async (): Promise<MoneyPair> => {
    const off = keep(await start(OURS, { speaks: 'compatible', traces: 'otlp' }));
    const on = keep(await start(PAID, { speaks: 'compatible', traces: 'otlp', money: true }));
    const stop = async () => void (await Promise.all([off.stop(), on.stop()]));
    return { off, on, stop };
  };
  const bare = keep(
    await startChild<{ readonly http: string }>(
      script('./bare-proxy-server.ts'),
      { upstream: address },
      { measured: pinning.measured },
    ),
  );
  const portkey = keep(await startPortkey(pinning.measured, options.progress));
  const contenders: Contender[] = [
    { name: DIRECT, address, headers: '', model: 'bench-1' },
    { name: BARE, address: bare.addresses.http, headers: '', model: 'bench-1' },
    await turnpike(OURS, { speaks: 'compatible', traces: 'otlp' }),
    await turnpike(TRANSLATED, { speaks: 'anthropic', traces: 'otlp' }),
    await turnpike(UNTRACED, { speaks: 'compatible', traces: 'none' }),
    await turnpike(PAID, { speaks: 'compatible', traces: 'otlp', money: true }),
    {
      name: PORTKEY,
      address: portkey.address,
      model: 'bench-1',
      headers: `authorization: Bearer none\r\nx-portkey-provider: openai\r\nx-portkey-custom-host: http://${address}/v1\r\n`,
    },
  ];
  if (options.peers) {
    const { key, ...litellm } = keep(await startLiteLlm(address, pinning.measured, options.progress));
    const headers = `authorization: Bearer ${key}\r\n`;
    contenders.push({ name: LITELLM, address: litellm.address, model: 'bench-1', headers });
  }
  const whole = await measureWhole(contenders, options);
  const streams = await measureStreams(contenders.filter(isStreamed), options);
  const money = await measureMoney(moneyPair, options);
  // A process that has served nobody yet.
  const memory = await measureMemory(await turnpike(OURS, { speaks: 'compatible', traces: 'otlp' }), options);
  return {
    title: 'the gateway: chat completions, about 1 KB, through one core',
    rows: [...whole.map(rowOf), ...money.measured.map(rowOf), ...streams.map(rowOf), ...memory.rows],
    bars: [
      ...wholeBars(whole, options.peers),
      atLeast('money on / off, throughput at 64 in flight', money.ratios.whole, 0.85),
      atLeast('money on / off, streams at 64 in flight', money.ratios.streams, 0.85),
      ...streamBars(streams),
      memory.bar,
    ],
    notes: [
      pinning.note,
      'turnpike: key, policy decision over 48 models, cost, metrics and spans exported over OTLP, all on',
      ...shares(whole),
      ...(options.peers ? [] : ['LiteLLM is measured with --peers']),
    ],
  };
}

/** The peers' streams are not what the bars are held against. */
const isStreamed = ({ name }: Contender): boolean => [DIRECT, BARE, OURS, TRANSLATED].includes(name);

const rowOf = ({ contender, what, figures }: Measured): Row => ({ case: what, contender, figures });

function figure(measured: readonly Measured[], contender: string, what: string, name: string): number {
  const value = measured.find((one) => one.contender === contender && one.what === what)?.figures[name];
  if (value === undefined) throw new Error(`${contender}, ${what}, ${name}: was not measured`);
  return value;
}

function wholeBars(measured: readonly Measured[], withPeers: boolean): readonly Bar[] {
  const rate = (contender: string): number => figure(measured, contender, WHOLE[16], 'per s');
  const added = (contender: string): number =>
    figure(measured, contender, WHOLE[1], 'p50 µs') - figure(measured, DIRECT, WHOLE[1], 'p50 µs');
  return [
    atLeast('turnpike / bare proxy, throughput at 16 in flight', rate(OURS) / rate(BARE), 0.33),
    atLeast('turnpike / portkey, throughput at 16 in flight', rate(OURS) / rate(PORTKEY), 5),
    ...(withPeers ? [atLeast('turnpike / litellm, throughput at 16 in flight', rate(OURS) / rate(LITELLM), 50)] : []),
    atMost('turnpike / bare proxy, p50 added at 1 in flight', added(OURS) / added(BARE), 3),
  ];
}

function streamBars(measured: readonly Measured[]): readonly Bar[] {
  const pieces = (contender: string): number => figure(measured, contender, STREAMS[8], 'pieces per s');
  const added = (contender: string): number =>
    figure(measured, contender, STREAMS[1], 'first byte µs') - figure(measured, DIRECT, STREAMS[1], 'first byte µs');
  return [
    atLeast('turnpike / bare proxy, pieces of streams relayed', pieces(OURS) / pieces(BARE), 0.8),
    atLeast('turnpike / bare proxy, pieces of streams translated', pieces(TRANSLATED) / pieces(BARE), 0.6),
    atMost('turnpike / bare proxy, first byte added', added(OURS) / added(BARE), 2.5),
  ];
}

/** Where the time of one call goes, by difference: what the bare proxy takes is sockets and HTTP. */
function shares(measured: readonly Measured[]): readonly string[] {
  const us = (contender: string): number => 1e6 / figure(measured, contender, WHOLE[16], 'per s');
  const [all, untraced, sockets] = [us(OURS), us(UNTRACED), us(BARE)];
  const text = (value: number): string => `${value.toFixed(0)} µs`;
  return [
    `a call takes ${text(all)} of the core: ${text(sockets)} what the bare proxy takes, ${text(all - untraced)} spans, ${text(untraced - sockets)} key, decision, parsing, cost, metrics`,
  ];
}

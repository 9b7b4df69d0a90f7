/**
 * Decisions over the wire: gRPC unary, gRPC stream and HTTP, at 1, 16 and 64 in flight, beside an empty grpc-js echo
 * with messages of the same size and, with `--peers`, stock OPA as a server on the same policy and input.
 */
import assert from 'node:assert/strict';
import type { Compiler } from '../../src/policy/compiler/client.ts';
import { createDecisionClient } from '../../src/transport/grpc/client.ts';
import { decisionMessage } from '../../src/transport/grpc/codec.ts';
import { CLIENT_METHODS, SERVER_METHODS } from '../../src/transport/grpc/service.ts';
import { stockOpa } from '../../test/services/tools.ts';
import { atLeast, atMost, type Bar } from '../bars.ts';
import { DECISION_CASES, ROUTED_40 } from '../decision/cases.ts';
import { inputOf } from '../decision/contenders.ts';
import { ENTRYPOINT, samplePolicy, sampleSources } from '../decision/sample-policy.ts';
import { median } from '../measure.ts';
import { type OpaServer, startOpaServer } from '../peers/opa-server.ts';
import type { BenchOptions, Row, Section } from '../section.ts';
import { startChild } from './child.ts';
import type { LoadOptions, LoadResult } from './closed-loop.ts';
import { streamLoad, unaryLoad } from './grpc-load.ts';
import { httpLoad } from './http-load.ts';

const IN_FLIGHT = [1, 16, 64] as const;
const ECHO = 'grpc-js empty echo';
const RAW = 'grpc-js empty echo, no codec';
const UNARY = 'turnpike gRPC Decide';
const STREAM = 'turnpike gRPC DecideStream';
const HTTP = 'turnpike HTTP POST /v1/decide';
const OPA = 'stock OPA HTTP POST /v1/data';

interface Load {
  readonly name: string;
  readonly run: (options: LoadOptions) => Promise<LoadResult>;
}

export async function loadSection(compiler: Compiler, options: BenchOptions): Promise<Section> {
  const routed = DECISION_CASES.find((one) => one.name === ROUTED_40);
  if (routed === undefined) throw new Error(`no case ${ROUTED_40}`);
  const { dataJson } = await samplePolicy('sample', compiler); // built here, so that the server finds it in the cache
  options.progress('starting servers');
  const turnpike = await startChild<{ readonly grpc: string; readonly http: string }>(
    script('./turnpike-server.ts'),
    {},
  );
  const { grpc, http } = turnpike.addresses;
  const client = createDecisionClient({ address: grpc });
  const opa = options.peers ? await startPeer(dataJson, options) : undefined;
  try {
    const request = { ...routed.request, caller: { ...routed.request.caller } };
    const decision = await client.decide(request);
    assert.equal(decision.document.outcome, 'allow');
    const body = JSON.stringify(routed.request);
    await sameOverHttp(http, body, decision.document.outcome, decision.document.route[0]?.target);
    const input = inputOf(routed.request);
    if (opa !== undefined) {
      const { facts, ...asked } = request;
      assert.deepEqual(
        await opa.ask(ENTRYPOINT, input),
        await askData(http, { ...asked, ...facts }),
        'stock OPA answers alike',
      );
    }

    const message = CLIENT_METHODS.Decide.requestSerialize(request);
    const responseBytes = SERVER_METHODS.Decide.responseSerialize(decisionMessage(decision)).length;
    const answer: object = JSON.parse(
      JSON.stringify(decisionMessage(decision), (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    );
    const echo = await startChild<{ readonly grpc: string }>(script('./echo-server.ts'), { answer, responseBytes });
    const streamed = CLIENT_METHODS.DecideStream.requestSerialize({ request_id: '1', request });
    const loads: Load[] = [
      { name: RAW, run: (load) => unaryLoad(echo.addresses.grpc, '/bench.Echo/Raw', message, load) },
      { name: ECHO, run: (load) => unaryLoad(echo.addresses.grpc, CLIENT_METHODS.Decide.path, message, load) },
      { name: UNARY, run: (load) => unaryLoad(grpc, CLIENT_METHODS.Decide.path, message, load) },
      { name: STREAM, run: (load) => streamLoad(grpc, CLIENT_METHODS.DecideStream.path, streamed, load) },
      { name: HTTP, run: (load) => httpLoad(http, '/v1/decide', body, load) },
    ];
    if (opa !== undefined) {
      const asked = JSON.stringify({ input });
      loads.push({ name: OPA, run: (load) => httpLoad(opa.address, `/v1/data/${ENTRYPOINT}`, asked, load) });
    }
    const results = await measureAll(loads, options);
    await echo.stop();
    return {
      title: `decisions over the wire (request ${message.length} B, answer ${responseBytes} B of protobuf)`,
      rows: results.map(({ load, inFlight, result }) => rowOf(load, inFlight, result)),
      bars: barsOf(results, opa !== undefined),
      notes: [
        'the empty echo reads and writes the same messages through proto-loader; without a codec it only moves bytes',
        'server and load share two cores, one process each; the load sends bytes that were encoded before',
        'medians over rounds in turn; every answer was whole and OK, or the run would have ended',
        ...(opa === undefined ? ['stock OPA is measured with --peers'] : []),
      ],
    };
  } finally {
    client.close();
    await opa?.stop();
    await turnpike.stop();
  }
}

const script = (path: string): URL => new URL(path, import.meta.url);

async function startPeer(dataJson: Uint8Array, options: BenchOptions): Promise<OpaServer> {
  options.progress('stock OPA: built with Go the first time, which takes minutes');
  const { modules } = await sampleSources('sample');
  const rules = Object.entries(modules).filter(([path]) => !path.endsWith('_test.rego'));
  return startOpaServer(await stockOpa(), new Map(rules), dataJson);
}

async function sameOverHttp(address: string, body: string, outcome: string, target: string | undefined): Promise<void> {
  const response = await fetch(`http://${address}/v1/decide`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const answer = (await response.json()) as { outcome?: string; route?: { target: string }[] }; // compared just below
  assert.deepEqual([answer.outcome, answer.route?.[0]?.target], [outcome, target], 'HTTP answers as gRPC does');
}

/** Our own answer to the question that OPA is asked; the engine sets the time itself. */
async function askData(address: string, input: object): Promise<unknown> {
  const response = await fetch(`http://${address}/v1/data/${ENTRYPOINT}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input }),
  });
  const answer = (await response.json()) as { result?: unknown }; // compared by the caller
  return answer.result;
}

interface Measured {
  readonly load: string;
  readonly inFlight: number;
  readonly result: LoadResult;
}

/** Rounds in turn; of each the median throughput, and that round's latencies. */
async function measureAll(loads: readonly Load[], options: BenchOptions): Promise<readonly Measured[]> {
  const { rounds, durationMs } = options.quick ? { rounds: 1, durationMs: 1000 } : { rounds: 5, durationMs: 2000 };
  const measured: Measured[] = [];
  for (const inFlight of IN_FLIGHT) {
    options.progress(`${inFlight} in flight`);
    const byLoad = new Map<string, LoadResult[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const load of loads) {
        const result = await load.run({ inFlight, warmupMs: round === 0 ? 1500 : 300, durationMs });
        byLoad.set(load.name, [...(byLoad.get(load.name) ?? []), result]);
      }
    }
    for (const [load, results] of byLoad) {
      const result = {
        perSecond: median(results.map((one) => one.perSecond)),
        p50Us: median(results.map((one) => one.p50Us)),
        p99Us: median(results.map((one) => one.p99Us)),
        calls: results.reduce((sum, one) => sum + one.calls, 0),
      };
      measured.push({ load, inFlight, result });
    }
  }
  return measured;
}

const rowOf = (load: string, inFlight: number, result: LoadResult): Row => ({
  case: `${inFlight} in flight`,
  contender: load,
  figures: { 'per s': result.perSecond, 'p50 µs': result.p50Us, 'p99 µs': result.p99Us },
});

function barsOf(results: readonly Measured[], withPeers: boolean): readonly Bar[] {
  const of = (load: string, inFlight: number): LoadResult => {
    const found = results.find((one) => one.load === load && one.inFlight === inFlight);
    if (found === undefined) throw new Error(`${load} at ${inFlight} was not measured`);
    return found.result;
  };
  const throughput = (a: string, b: string, inFlight: number): number =>
    of(a, inFlight).perSecond / of(b, inFlight).perSecond;
  return [
    atLeast('gRPC Decide / empty echo, throughput at 16 in flight', throughput(UNARY, ECHO, 16), 0.4),
    atLeast('gRPC Decide / empty echo, throughput at 64 in flight', throughput(UNARY, ECHO, 64), 0.4),
    atLeast('gRPC stream / unary, throughput at 16 in flight', throughput(STREAM, UNARY, 16), 1.2),
    ...(withPeers
      ? [
          atMost('gRPC Decide / stock OPA server, p50 at 1 in flight', of(UNARY, 1).p50Us / of(OPA, 1).p50Us, 0.25),
          atLeast('gRPC Decide / stock OPA server, throughput at 16 in flight', throughput(UNARY, OPA, 16), 6),
        ]
      : []),
  ];
}

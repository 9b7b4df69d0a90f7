/** The whole road: the real server with the sample policies, over both transports, into a real Collector. */
// needs: collector
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compose, type Server } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Decision, RouteStep } from '../../src/core/decision.ts';
import type { PresentedDecision } from '../../src/core/present.ts';
import { createDecisionClient } from '../../src/transport/grpc/client.ts';
import { type RunningCollector, startCollector } from './collector-process.ts';
import { readLastSums, readSpans, type WrittenSpan } from './otlp-file.ts';

const PROTOCOLS = [
  { protocol: 'http/protobuf', url: (collector: RunningCollector) => collector.httpUrl },
  { protocol: 'grpc', url: (collector: RunningCollector) => collector.grpcUrl },
] as const;

/** Who calls, and for what; the last is nobody's team and is denied. */
const CALLERS = [
  { team: 'search', application: 'assistant', environment: 'prod' },
  { team: 'search', application: 'answers', environment: 'prod' },
  { team: 'support', application: 'helpdesk', environment: 'prod' },
  { team: 'platform', application: 'code-review', environment: 'prod' },
  { team: 'nobody', application: 'nothing', environment: 'prod' },
];
const ROUNDS = 40;
const INPUT_TOKENS = 1000;
/** A caller that asks not to be recorded. */
const UNSAMPLED = { traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-00` };

interface Told {
  readonly id: string;
  readonly team: string;
  readonly outcome: string;
  readonly revision: string;
  readonly estimateNano: bigint;
  readonly first: Pick<RouteStep, 'target' | 'max_output_tokens'> | undefined;
}

for (const { protocol, url } of PROTOCOLS) {
  describe(`decisions told to a Collector over ${protocol}`, () => {
    let collector: RunningCollector;
    let spans: readonly WrittenSpan[];
    let told: readonly Told[];
    let reportedNano: bigint;

    before(async () => {
      collector = await startCollector();
      const server = await openServer({
        OTEL_EXPORTER_OTLP_ENDPOINT: url(collector),
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      });
      const addresses = await server.start();
      told = [...(await askOverHttp(addresses.get('http') ?? '')), ...(await askOverGrpc(addresses.get('grpc') ?? ''))];
      reportedNano = await reportFirst(addresses.get('http') ?? '', told);
      await server.drain();
      await collector.stop();
      spans = readSpans(collector.tracesFile);
    });
    after(() => collector.clean());

    it('arrive once each, whatever the caller says of sampling', () => {
      const arrived = named(spans, 'turnpike.decide').map((span) => text(span, 'turnpike.decision.id'));
      assert.equal(told.length, 2 * ROUNDS * CALLERS.length);
      assert.deepEqual([...arrived].sort(), told.map(({ id }) => id).sort());
    });

    it('cost each team what the decisions said, to the nano-dollar', () => {
      const byTeam = sumBy(
        named(spans, 'turnpike.decide').map((span) => [
          text(span, 'turnpike.team'),
          nano(span, 'turnpike.estimate.nano_usd'),
        ]),
      );
      const said = sumBy(told.map(({ team, estimateNano }) => [team, estimateNano]));
      assert.deepEqual(byTeam, said);
      assert.ok((said.get('search') ?? 0n) > 0n);
      assert.ok((said.get('support') ?? 0n) > 0n);
    });

    it('are counted to the same amount by metrics, which nothing samples', () => {
      const points = readLastSums(collector.metricsFile).filter(({ name }) => name === 'turnpike.estimate.cost');
      const counted = sumBy(
        points.map(({ labels, value }) => [String(labels.get('turnpike.team')), BigInt(Math.round(value * 1e9))]),
      );
      const said = sumBy(told.filter((each) => each.estimateNano > 0n).map((each) => [each.team, each.estimateNano]));
      assert.deepEqual(counted, said);
    });

    it('stand under the span of their request, with team, outcome and policy revision on both', () => {
      const servers = new Map(
        spans
          .filter(({ name }) => /Decide$|decide$/.test(name) && name !== 'turnpike.decide')
          .map((span) => [span.spanId, span]),
      );
      assert.equal(servers.size, told.length);
      for (const span of named(spans, 'turnpike.decide')) {
        const parent = servers.get(span.parentSpanId);
        const decision = told.find(({ id }) => id === text(span, 'turnpike.decision.id'));
        assert.ok(parent !== undefined && decision !== undefined);
        assert.equal(parent.traceId, span.traceId);
        for (const each of [span, parent]) {
          assert.equal(text(each, 'turnpike.team'), decision.team);
          assert.equal(text(each, 'turnpike.decision.outcome'), decision.outcome);
          assert.equal(text(each, 'turnpike.policy.revision'), decision.revision);
        }
        assert.equal(span.resource.get('deployment.environment.name'), 'test');
      }
    });

    it('join the trace of the caller', () => {
      const joined = named(spans, 'turnpike.decide').filter(({ traceId }) => traceId === 'a1'.repeat(16));
      assert.equal(joined.length, told.length);
    });

    it('are followed by what an attempt did cost, on its own span alone', () => {
      const attempts = spans.filter((span) => span.attributes.has('turnpike.cost.nano_usd'));
      assert.equal(attempts.length, 1);
      assert.deepEqual(
        attempts.map((span) => nano(span, 'turnpike.cost.nano_usd')),
        [reportedNano],
      );
      assert.deepEqual(
        attempts.map((span) => text(span, 'turnpike.decision.id')),
        [told[0]?.id],
      );
    });
  });
}

async function openServer(env: Readonly<Record<string, string>>): Promise<Server> {
  const { config } = loadConfig({
    variables: {
      TURNPIKE_TRANSPORTS_HTTP_PORT: '0',
      TURNPIKE_TRANSPORTS_GRPC_PORT: '0',
      TURNPIKE_IDENTITY_MODE: 'none',
      TURNPIKE_POLICY_SOURCE: 'policies',
    },
    cwd: new URL('../..', import.meta.url).pathname,
  });
  const server = await compose(config, { env, version: '0.0.0-test' });
  await server.activate();
  return server;
}

const requestOf = (round: number, caller: (typeof CALLERS)[number]) => ({
  call: { operation: 'chat', input_tokens: INPUT_TOKENS + 7 * round, max_output_tokens: 300 } as const,
  caller: { ...caller, roles: ['service'] },
});

async function askOverHttp(address: string): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const caller of CALLERS) {
      const response = await fetch(`http://${address}/v1/decide`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...UNSAMPLED },
        body: JSON.stringify(requestOf(round, caller)),
      });
      assert.equal(response.status, 200, await response.clone().text());
      // The cast: the contract of the transports holds the reply to this type.
      const { id, outcome, attribution, policy, estimate, route } = (await response.json()) as PresentedDecision;
      const estimateNano = estimate.kind === 'priced' ? BigInt(estimate.total_nano_usd) : 0n;
      told.push({ id, outcome, team: attribution.team, revision: policy.revision, estimateNano, first: route[0] });
    }
  }
  return told;
}

async function askOverGrpc(address: string): Promise<readonly Told[]> {
  const client = createDecisionClient({ address });
  const asked = Array.from({ length: ROUNDS }, (_, round) =>
    CALLERS.map((caller) => client.decide(requestOf(round, caller), { headers: UNSAMPLED })),
  );
  const decisions = await Promise.all(asked.flat());
  client.close();
  return decisions.map(toldOf);
}

const toldOf = ({ id, document, policy, estimate }: Decision): Told => ({
  id,
  outcome: document.outcome,
  team: document.attribution.team,
  revision: policy.revision,
  estimateNano: estimate.kind === 'priced' ? estimate.cost.total_nano_usd : 0n,
  first: document.route[0],
});

/** Reports for the first decision the tokens that it was estimated with, so that its cost must be its estimate. */
async function reportFirst(address: string, told: readonly Told[]): Promise<bigint> {
  const [decision] = told;
  assert.ok(decision?.first !== undefined);
  const response = await fetch(`http://${address}/v1/report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: 'report-1',
      decision_id: decision.id,
      target: decision.first.target,
      outcome: 'ok',
      usage: { kind: 'exact', input_tokens: INPUT_TOKENS, output_tokens: decision.first.max_output_tokens },
    }),
  });
  assert.equal(response.ok, true, await response.clone().text());
  return decision.estimateNano;
}

const named = (spans: readonly WrittenSpan[], name: string): readonly WrittenSpan[] =>
  spans.filter((span) => span.name === name);

const text = (span: WrittenSpan, key: string): string => String(span.attributes.get(key));

/** An absent amount is none, and adds nothing. */
function nano(span: WrittenSpan, key: string): bigint {
  const value = span.attributes.get(key) ?? 0n;
  assert.equal(typeof value, 'bigint', `${key} of ${span.name}`);
  return BigInt(String(value));
}

function sumBy(amounts: readonly (readonly [string, bigint])[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [key, amount] of amounts) sums.set(key, (sums.get(key) ?? 0n) + amount);
  return sums;
}

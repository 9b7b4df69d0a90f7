/** Attempts of the gateway, priced by the sample catalogue, into a real Collector: spans, metrics and the sum agree. */
// needs: collector
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import type { AttemptCost, AttemptRecord } from '../../src/core/attempt.ts';
import { costOf } from '../../src/core/attempt-cost.ts';
import type { MeteredUsage } from '../../src/core/usage.ts';
import { compilePrices } from '../../src/policy/prices.ts';
import { startTelemetry } from '../../src/telemetry/sdk.ts';
import { type RunningCollector, startCollector } from './collector-process.ts';
import { allowDocument, arrival, attempted, decided, decision, START_MS } from './facts.ts';
import { readLastSums, readSpans, type WrittenSpan } from './otlp-file.ts';

const book = compilePrices(parse(readFileSync(new URL('../../policies/data/prices.yaml', import.meta.url), 'utf8')));

const CALLS = 60;
const TEAMS = ['search', 'support', 'platform'];

/** First a target that is out of quota, then one that serves, from caches too; every seventh call nobody can count. */
function attemptsOf(call: number): readonly AttemptRecord[] {
  const made = (overrides: Partial<AttemptRecord>, usage: MeteredUsage, cost?: AttemptCost): AttemptRecord => {
    const { record } = attempted({ ...overrides, usage });
    return { ...record, cost: cost ?? costOf(book, record.target, usage, START_MS) };
  };
  const tokens = { input: 2_000 + 13 * call, output: 100 + call, cacheRead: 7 * call, cacheWrite: call, reasoning: 9 };
  return [
    made(
      {
        target: 'openai/gpt-5.2',
        outcome: 'rate_limited',
        failure: { outcome: 'rate_limited', message: 'slow down', status: 429, vendorCode: 'rate_limit_exceeded' },
      },
      { kind: 'unknown' },
      { kind: 'none' },
    ),
    made(
      { index: 1, reason: 'fallback', because: 'rate_limited', target: 'anthropic/claude-sonnet-4-5' },
      call % 7 === 6 ? { kind: 'unknown' } : { kind: 'exact', tokens },
    ),
  ];
}

for (const protocol of ['http/protobuf', 'grpc'] as const) {
  describe(`attempts told to a Collector over ${protocol}`, () => {
    let collector: RunningCollector;
    let spans: readonly WrittenSpan[];
    const chargedNano = new Map<string, bigint>();

    before(async () => {
      collector = await startCollector();
      const telemetry = await startTelemetry(
        {},
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? collector.grpcUrl : collector.httpUrl,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        },
      );
      for (let call = 0; call < CALLS; call += 1) {
        const team = TEAMS[call % TEAMS.length] ?? '';
        const document = { ...allowDocument, attribution: { ...allowDocument.attribution, team } };
        const made = decision({ document });
        const observation = telemetry.observer.begin(arrival({ operation: 'POST /v1/chat/completions' }));
        observation.decided(decided({ decision: made }));
        const attempts = attemptsOf(call);
        for (const record of attempts) {
          observation.attempted({ record, operation: 'chat', decision: made });
          const nano = record.cost.kind === 'priced' ? record.cost.items.totalNano : 0n;
          chargedNano.set(team, (chargedNano.get(team) ?? 0n) + nano);
        }
        observation.served({ decision: made, requestedModel: 'auto', target: attempts[1]?.target, attempts });
        observation.end();
      }
      await telemetry.shutdown(5_000);
      await collector.stop();
      spans = readSpans(collector.tracesFile);
    });
    after(() => collector.clean());

    const attempts = (): readonly WrittenSpan[] =>
      spans.filter((span) => span.attributes.has('turnpike.attempt.outcome'));
    const nano = (span: WrittenSpan, key: string): bigint => BigInt(String(span.attributes.get(key) ?? 0));

    it('are one span each, under the request, beside its decision', () => {
      assert.equal(attempts().length, 2 * CALLS);
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      for (const span of attempts()) {
        assert.equal(byId.get(span.parentSpanId)?.name, 'POST /v1/chat/completions');
      }
      assert.deepEqual([...new Set(attempts().map(({ name }) => name))].sort(), [
        'chat claude-sonnet-4-5',
        'chat gpt-5.2',
      ]);
    });

    it('cost each team the same in spans, in their parts, in metrics and in the sum of what was charged', () => {
      const total = (team: string, keys: readonly string[]): bigint =>
        attempts()
          .filter((span) => span.attributes.get('turnpike.team') === team)
          .reduce((sum, span) => keys.reduce((part, key) => part + nano(span, key), sum), 0n);
      const parts = ['input', 'cache_read', 'cache_write', 'output', 'other'].map(
        (part) => `turnpike.cost.${part}_nano_usd`,
      );
      const points = readLastSums(collector.metricsFile).filter(({ name }) => name === 'turnpike.cost');
      for (const team of TEAMS) {
        const charged = chargedNano.get(team) ?? 0n;
        assert.ok(charged > 0n);
        assert.equal(total(team, ['turnpike.cost.nano_usd']), charged);
        assert.equal(total(team, parts), charged);
        const counted = points.filter(({ labels }) => labels.get('turnpike.team') === team);
        assert.equal(
          counted.reduce((sum, { value }) => sum + BigInt(Math.round(value * 1e9)), 0n),
          charged,
        );
      }
    });

    it('add up to what the request says, and where one cannot be counted the request says no sum', () => {
      const servers = spans.filter(({ name }) => name === 'POST /v1/chat/completions');
      assert.equal(servers.length, CALLS);
      const states = servers.map((server) => {
        const own = attempts().filter(({ parentSpanId }) => parentSpanId === server.spanId);
        const known = own.reduce((sum, span) => sum + nano(span, 'turnpike.cost.nano_usd'), 0n);
        const complete = own.every((span) => span.attributes.get('turnpike.cost.state') !== 'unknown');
        assert.equal(nano(server, 'turnpike.request.cost_nano_usd'), complete ? known : 0n);
        assert.equal(server.attributes.has('turnpike.request.cost_nano_usd'), complete);
        return server.attributes.get('turnpike.request.cost_state');
      });
      assert.equal(states.filter((state) => state === 'incomplete').length, Math.floor(CALLS / 7));
    });

    it('are counted where they fell back, and where nobody knows what was used', () => {
      const sum = (name: string): number =>
        readLastSums(collector.metricsFile)
          .filter((point) => point.name === name)
          .reduce((total, { value }) => total + value, 0);
      assert.equal(sum('turnpike.fallbacks'), CALLS);
      assert.equal(sum('turnpike.usage.unknown'), Math.floor(CALLS / 7));
      assert.equal(sum('turnpike.unpriced'), 0);
    });
  });
}

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { Failure } from '../../../src/core/failure.ts';
import { createGrpcTransport } from '../../../src/transport/grpc/server.ts';
import { codecOf } from '../../../src/transport/grpc/wire.ts';
import { type ScriptedReports, scriptedReports } from '../../support/scripted-reports.ts';
import { answering } from '../http/support/scripted.ts';

const MESSAGES = {
  Weekly: [codecOf('turnpike.v1.WeeklyReportRequest'), codecOf('turnpike.v1.WeeklyReport')],
  Budgets: [codecOf('turnpike.v1.BudgetsReportRequest'), codecOf('turnpike.v1.BudgetsReport')],
  Pivot: [codecOf('turnpike.v1.PivotReportRequest'), codecOf('turnpike.v1.PivotReport')],
} as const;

async function served(context: TestContext, reports: ScriptedReports | undefined): Promise<Client> {
  const options = reports === undefined ? {} : { costReports: reports };
  const transport = createGrpcTransport(answering(), { port: 0, ...options });
  const client = new Client(await transport.start(), credentials.createInsecure());
  context.after(async () => {
    client.close();
    await transport.drain(200);
  });
  return client;
}

function ask(client: Client, method: keyof typeof MESSAGES, message: object): Promise<Record<string, unknown>> {
  const [request, response] = MESSAGES[method];
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/turnpike.v1.Reports/${method}`,
      (value: object) => request.encode(value),
      (bytes: Buffer) => response.decode(bytes) as Record<string, unknown>, // a message is an object of fields
      message,
      (error: ServiceError | null, value?: Record<string, unknown>) => {
        if (error !== null || value === undefined) reject(error);
        else resolve(value);
      },
    );
  });
}

test('a week comes across whole', async (context) => {
  const reports = scriptedReports();
  const client = await served(context, reports);
  const report = await ask(client, 'Weekly', { week: '2026-W47', team: 'search', time_zone: 'UTC', top: 1 });
  assert.deepEqual(reports.asked, [{ week: '2026-W47', team: 'search', timeZone: 'UTC', top: 1 }]);
  const { teams, ...rest } = report;
  assert.deepEqual(
    rest['doubts'],
    ['no_team', 'no_application', 'no_environment', 'estimated', 'unpriced', 'unknown'].map((kind) => ({
      kind,
      attempts: 0n,
      cost_nano_usd: 0n,
    })),
  );
  const nothing = { attempts: 0n, cost_nano_usd: 0n };
  const sums = {
    calls: 1n,
    attempts: 1n,
    input_tokens: 10n,
    cache_read_tokens: 4n,
    output_tokens: 2n,
    cost_nano_usd: 5n,
    certainty: { exact: { attempts: 1n, cost_nano_usd: 5n }, estimated: nothing, unpriced: nothing, unknown: nothing },
  };
  const lastWeek = {
    ...sums,
    cache_read_tokens: 0n,
    cost_nano_usd: 3n,
    certainty: { ...sums.certainty, exact: { attempts: 1n, cost_nano_usd: 3n } },
  };
  assert.deepEqual(teams, [
    {
      team: 'search',
      rank: 1,
      share: 1,
      line: {
        sums,
        last_week: lastWeek,
        change_nano_usd: 2n,
        change_ratio: 0.6667,
        baseline_weeks: 1,
        baseline_nano_usd: 3n,
        baseline_ratio: 1.6667,
        days: [
          { date: '2026-11-16', cost_nano_usd: 0n },
          { date: '2026-11-17', cost_nano_usd: 5n },
          { date: '2026-11-18', cost_nano_usd: 0n },
        ],
        why: {
          volume_nano_usd: 0n,
          tokens_per_call_nano_usd: 0n,
          mix_nano_usd: 0n,
          price_nano_usd: 2n,
          other_nano_usd: 0n,
        },
      },
      applications: [{ name: 'assistant', share: 1, sums }],
      models: [{ name: 'openai/gpt-5.2', share: 1, sums }],
    },
  ]);
});

test('what nobody knows is absent and not zero', async (context) => {
  const client = await served(context, scriptedReports());
  const { doubts, team_count: teams } = await ask(client, 'Weekly', { week: '2026-W47' });
  assert.deepEqual([(doubts as readonly object[]).at(-1), teams], [{ kind: 'unknown', attempts: 1n }, 2]);
});

test('a pivot comes across whole', async (context) => {
  const reports = scriptedReports();
  const client = await served(context, reports);
  const report = await ask(client, 'Pivot', { by: ['team'], per: 'month', where: { environment: 'prod' }, limit: 1 });
  assert.deepEqual(reports.asked, [{ by: ['team'], per: 'month', where: ['environment=prod'], limit: 1 }]);
  const rows = report['rows'] as readonly Readonly<Record<string, unknown>>[]; // as the proto says
  assert.deepEqual(
    rows.map(({ bucket, values, others }) => [bucket, values, others]),
    [
      ['2026-11', ['search'], false],
      ['2026-11', undefined, true],
    ],
  );
});

test('budgets come across whole', async (context) => {
  const reports = scriptedReports();
  const client = await served(context, reports);
  const { at, budgets } = await ask(client, 'Budgets', { team: 'search' });
  assert.deepEqual([at, reports.asked], ['2026-11-18T12:00:00.000Z', [{ team: 'search' }]]);
  const [month, total, each] = budgets as readonly Readonly<Record<string, unknown>>[]; // as the proto says
  const { forecast, ...rest } = month ?? {};
  assert.deepEqual(rest, {
    id: 'search-month',
    title: 'Search',
    scope: { team: 'search' },
    window: 'month',
    starts_at: '2026-11-01T00:00:00.000Z',
    resets_at: '2026-12-01T00:00:00.000Z',
    limit_nano_usd: 8n,
    ceiling_nano_usd: 8n,
    settled_nano_usd: 8n,
    held_nano_usd: 2n,
    utilization: 1,
    reached: { at: 1, does: 'deny' },
  });
  const { until, runs_out: runsOut, weeks_of_history: weeks } = forecast as Readonly<Record<string, unknown>>;
  assert.deepEqual([until, runsOut, weeks], ['2026-12-01T00:00:00.000Z', 'already', 0]);
  assert.deepEqual(
    [total?.['id'], total?.['held_nano_usd'], total?.['resets_at'], total?.['reached']],
    ['all-total', undefined, undefined, undefined],
  );
  assert.deepEqual([each?.['kept_apart_by'], each?.['each']], [['team'], undefined]);
});

describe('what is refused has its status', () => {
  const cases: readonly (readonly [string, Failure | undefined, object, number, RegExp])[] = [
    ['a stranger', new Failure('unauthenticated', 'who?'), {}, status.UNAUTHENTICATED, /who\?/],
    ['another team', new Failure('forbidden', 'not yours'), {}, status.PERMISSION_DENIED, /not yours/],
    ['a week that is none', undefined, { week: 'x' }, status.INVALID_ARGUMENT, /week: must be an ISO week/],
  ];
  for (const [name, failure, message, code, details] of cases) {
    test(name, async (context) => {
      const refuse = (): void => {
        if (failure !== undefined) throw failure;
      };
      const client = await served(context, scriptedReports(refuse));
      await assert.rejects(ask(client, 'Weekly', message), { code, details });
    });
  }

  test('without a ledger there is no such service', async (context) => {
    const client = await served(context, undefined);
    await assert.rejects(ask(client, 'Weekly', {}), { code: status.UNIMPLEMENTED });
  });
});

/** Reports.Weekly, Pivot and Budgets: message → question → the document of the report → message. */
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { Failure } from '../../core/failure.ts';
import type { Arrival } from '../../flows/arrival.ts';
import type { CostReports } from '../../flows/cost-reports.ts';
import type { AnyCall } from './arrival.ts';
import type {
  BudgetsReportRequestMessage,
  PivotReportRequestMessage,
  WeeklyReportRequestMessage,
} from './cost-report-messages.ts';
import type { CostReportMethod, Inbound } from './service.ts';
import { statusObject } from './status.ts';
import { readable } from './unary.ts';

type Unary<In> = (call: ServerUnaryCall<Inbound<In>, object>, callback: sendUnaryData<object>) => Promise<void>;

export interface CostReportHandlers {
  readonly Weekly: Unary<WeeklyReportRequestMessage>;
  readonly Pivot: Unary<PivotReportRequestMessage>;
  readonly Budgets: Unary<BudgetsReportRequestMessage>;
}

export function createCostReportHandlers(
  reports: CostReports,
  arrive: (call: AnyCall, method: CostReportMethod) => Arrival,
): CostReportHandlers {
  const answering =
    <In>(method: CostReportMethod, answer: (arrival: Arrival, message: In) => Promise<object>): Unary<In> =>
    async (call, callback) => {
      try {
        callback(null, await answer(arrive(call, method), readable(call.request)));
      } catch (reason) {
        callback(statusObject(Failure.from(reason)));
      }
    };

  return {
    Weekly: answering('Weekly', async (arrival, { time_zone: timeZone, ...rest }) => {
      const document = await reports.weekly(arrival, { ...rest, ...(timeZone === undefined ? {} : { timeZone }) });
      return weeklyMessage(record(document));
    }),
    Pivot: answering('Pivot', async (arrival, { by = [], where = {}, time_zone: timeZone, ...rest }) => {
      const document = await reports.pivot(arrival, {
        ...rest,
        by,
        where: Object.entries(where).map(([name, value]) => `${name}=${value}`),
        ...(timeZone === undefined ? {} : { timeZone }),
      });
      return pivotMessage(record(document));
    }),
    Budgets: answering('Budgets', async (arrival, request) =>
      budgetsMessage(record(await reports.budgets(arrival, request))),
    ),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** What the proto keeps in a message of its own stands beside its siblings in the document: what it has no word for is not written. */
function weeklyMessage(report: Fields): Fields {
  const days = list(report['days']);
  return {
    ...report,
    total: lineMessage(record(report['total']), days),
    teams: list(report['teams']).map((value) => {
      const team = record(value);
      return {
        ...team,
        line: lineMessage(team, days),
        applications: list(team['applications']).map(withSums),
        models: list(team['models']).map(withSums),
      };
    }),
  };
}

function lineMessage(line: Fields, dates: readonly unknown[]): Fields {
  const days = list(line['days_nano_usd']).map((cost, index) => ({ date: dates[index], cost_nano_usd: cost }));
  return { ...line, sums: line, days };
}

const pivotMessage = (report: Fields): Fields => ({ ...report, rows: list(report['rows']).map(withSums) });

/** A map has no null: what has no value is not in it. */
const budgetsMessage = (report: Fields): Fields => ({
  ...report,
  budgets: list(report['budgets']).map((value) => {
    const budget = record(value);
    const each = Object.entries(record(budget['each']));
    return {
      ...budget,
      kept_apart_by: each.map(([dimension]) => dimension),
      each: Object.fromEntries(each.filter(([, of]) => of !== null)),
    };
  }),
});

const withSums = (value: unknown): Fields => {
  const fields = record(value);
  return { ...fields, sums: fields };
};

function record(value: unknown): Fields {
  if (typeof value === 'object' && value !== null) return { ...value };
  throw new Failure('internal', 'a report lacks a part that its message has');
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Failure('internal', 'a report lacks a list that its message has');
}

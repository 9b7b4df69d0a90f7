/** Reports of cost: the question in the query, the document of the report as the answer. */
import { Failure } from '../../core/failure.ts';
import type { CostReports } from '../../flows/cost-reports.ts';
import type { Exchange } from './exchange.ts';
import type { CostReportRouteName } from './operations.ts';
import { queryValues } from './query-string.ts';
import { jsonReply } from './reply.ts';
import type { Route } from './routes.ts';

/** What is told depends on who asks and when. */
const NOT_STORED = { 'cache-control': 'no-store' } as const;

const WEEKLY = ['week', 'team', 'time_zone', 'top'] as const;
const BUDGETS = ['team'] as const;
const PIVOT = ['by', 'per', 'where', 'from', 'to', 'time_zone', 'limit'] as const;

export function createCostReportRoutes(reports: CostReports): Readonly<Record<CostReportRouteName, Route>> {
  return {
    'GET /v1/reports/weekly': async (exchange) => {
      const read = reader(exchange, WEEKLY);
      const document = await reports.weekly(exchange.arrive(), {
        ...read.text('week', 'week'),
        ...read.text('team', 'team'),
        ...read.text('time_zone', 'timeZone'),
        ...read.count('top', 'top'),
      });
      return jsonReply(document, NOT_STORED);
    },
    'GET /v1/reports/pivot': async (exchange) => {
      const read = reader(exchange, PIVOT);
      const document = await reports.pivot(exchange.arrive(), {
        by: queryValues(exchange.query, 'by').flatMap((names) => (names === '' ? [] : names.split(','))),
        where: queryValues(exchange.query, 'where'),
        ...read.text('per', 'per'),
        ...read.text('from', 'from'),
        ...read.text('to', 'to'),
        ...read.text('time_zone', 'timeZone'),
        ...read.count('limit', 'limit'),
      });
      return jsonReply(document, NOT_STORED);
    },
    'GET /v1/reports/budgets': async (exchange) => {
      const read = reader(exchange, BUDGETS);
      return jsonReply(await reports.budgets(exchange.arrive(), read.text('team', 'team')), NOT_STORED);
    },
  };
}

/** @throws Failure `invalid_request` on a parameter that is not known, or said twice */
function reader({ query }: Exchange, known: readonly string[]) {
  for (const pair of query === '' ? [] : query.split('&')) {
    const name = pair.split('=', 1)[0] ?? '';
    if (name !== '' && !known.includes(name)) {
      throw new Failure('invalid_request', `query parameter "${name.slice(0, 64)}": is none of ${known.join(', ')}`);
    }
  }
  const one = (name: string): string | undefined => {
    const values = queryValues(query, name);
    if (values.length > 1) throw new Failure('invalid_request', `query parameter ${name}: is said twice`);
    return values[0];
  };
  return {
    text<Name extends string>(name: string, as: Name): { readonly [Key in Name]?: string } {
      return present(as, one(name));
    },
    count<Name extends string>(name: string, as: Name): { readonly [Key in Name]?: number } {
      const said = one(name);
      if (said !== undefined && !/^\d{1,9}$/.test(said)) {
        throw new Failure('invalid_request', `query parameter ${name}: must be a whole number`);
      }
      return present(as, said === undefined ? undefined : Number(said));
    },
  };
}

/** What was not said is left out. */
function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  // The cast: a computed key loses its name.
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}

/**
 * The FinOps Open Cost and Usage Specification, version 1.2, as CSV: one charge for each day, team, application,
 * environment, cost centre, target and certainty. Every mandatory column is there, then those of the conditional and
 * recommended ones that this ledger can fill (the rest ask for what no model vendor tells: commitments, invoices, zones,
 * capacity), then ours, led by `x_`. Costs are list prices of the price cards: whatever a contract takes off is not
 * known here, so the four costs are the same. What is unpriced or unknown is 0 as the specification allows no null
 * there; `x_CostCertainty` tells it from what is free.
 */

import { type Calendar, createCalendar, firstOfMonth, firstOfNextMonth } from '../../core/calendar.ts';
import { formatInstant } from '../../core/instant.ts';
import type { Dimension, LedgerReader } from '../ledger-reader.ts';
import { type PivotQuestion, type PivotRow, pivot } from '../pivot.ts';
import { tokensOf } from '../sums.ts';
import { type CsvValue, csvText } from './csv.ts';

export interface FocusQuestion extends Pick<PivotQuestion, 'from' | 'to' | 'timeZone' | 'where'> {
  /** Of whoever is billed; the specification asks for one. */
  readonly billingAccount: string;
}

const BY = [
  'team',
  'application',
  'environment',
  'cost_center',
  'provider',
  'target',
  'certainty',
] as const satisfies readonly Dimension[];

/** Rows of a day at most; beyond it, one row of others keeps the sums. */
const MOST_ROWS = 50_000;

export async function focusCsv(reader: LedgerReader, question: FocusQuestion): Promise<string> {
  const { billingAccount, ...asked } = question;
  const { rows } = await pivot(reader, { ...asked, by: BY, per: 'day', limit: MOST_ROWS });
  const calendar = createCalendar(question.timeZone);
  return csvText(
    COLUMNS.map(([name]) => name),
    rows.map((row) => {
      const charge = chargeOf(row, calendar, billingAccount);
      return COLUMNS.map(([, valueOfCharge]) => valueOfCharge(charge));
    }),
  );
}

interface Charge {
  readonly row: PivotRow;
  readonly billingAccount: string;
  readonly billingFromMs: number;
  readonly billingToMs: number;
  /** By the dimension; a value that is missing is null. */
  readonly of: { readonly [Name in (typeof BY)[number]]: string | undefined };
}

function chargeOf(row: PivotRow, calendar: Calendar, billingAccount: string): Charge {
  const value = (name: (typeof BY)[number]): string | undefined =>
    row.values === 'others' ? undefined : row.values[BY.indexOf(name)] || undefined;
  const day = calendar.date(row.fromMs);
  return {
    row,
    billingAccount,
    billingFromMs: calendar.startOf(firstOfMonth(day)),
    billingToMs: calendar.startOf(firstOfNextMonth(day)),
    of: {
      team: value('team'),
      application: value('application'),
      environment: value('environment'),
      cost_center: value('cost_center'),
      provider: value('provider'),
      target: value('target'),
      certainty: value('certainty'),
    },
  };
}

const OTHER = 'Other';
const cost = ({ row }: Charge): CsvValue => ({ usd: row.sums.costNano });
const tokens = ({ row }: Charge): CsvValue => tokensOf(row.sums);
const provider = (charge: Charge): CsvValue => charge.of.provider ?? OTHER;
/** Without the milliseconds, as the specification has them. */
const moment = (atMs: number): string => formatInstant(atMs).replace(/\.\d{3}Z$/, 'Z');

const COLUMNS: readonly (readonly [name: string, value: (charge: Charge) => CsvValue])[] = [
  ['BilledCost', cost],
  ['BillingAccountId', (charge) => charge.billingAccount],
  ['BillingAccountName', (charge) => charge.billingAccount],
  ['BillingCurrency', () => 'USD'],
  ['BillingPeriodEnd', (charge) => moment(charge.billingToMs)],
  ['BillingPeriodStart', (charge) => moment(charge.billingFromMs)],
  ['ChargeCategory', () => 'Usage'],
  // Null: corrections stand in the period that they correct, and no invoice is known to be out.
  ['ChargeClass', () => undefined],
  ['ChargeDescription', (charge) => `Use of ${charge.of.target ?? 'other models'}`],
  ['ChargeFrequency', () => 'Usage-Based'],
  ['ChargePeriodEnd', ({ row }) => moment(row.toMs)],
  ['ChargePeriodStart', ({ row }) => moment(row.fromMs)],
  ['ConsumedQuantity', tokens],
  ['ConsumedUnit', () => 'Tokens'],
  ['ContractedCost', cost],
  ['EffectiveCost', cost],
  // Null: the vendor's invoice is not known here.
  ['InvoiceId', () => undefined],
  ['InvoiceIssuerName', provider],
  ['ListCost', cost],
  ['PricingQuantity', tokens],
  ['PricingUnit', () => 'Tokens'],
  ['ProviderName', provider],
  ['PublisherName', provider],
  ['ServiceCategory', () => 'AI and Machine Learning'],
  ['ServiceName', (charge) => charge.of.target ?? OTHER],
  ['ServiceSubcategory', () => 'Generative AI'],
  ['SubAccountId', (charge) => charge.of.team],
  ['SubAccountName', (charge) => charge.of.team],
  ['Tags', tagsOf],
  ['x_Application', (charge) => charge.of.application],
  ['x_Attempts', ({ row }) => row.sums.attempts],
  ['x_CacheReadTokens', ({ row }) => row.sums.cacheReadTokens],
  ['x_Calls', ({ row }) => row.sums.calls],
  ['x_CostCenter', (charge) => charge.of.cost_center],
  ['x_CostCertainty', (charge) => charge.of.certainty],
  ['x_CostNanoUsd', ({ row }) => row.sums.costNano],
  ['x_Environment', (charge) => charge.of.environment],
  ['x_InputTokens', ({ row }) => row.sums.inputTokens],
  ['x_OutputTokens', ({ row }) => row.sums.outputTokens],
  ['x_Team', (charge) => charge.of.team],
];

function tagsOf({ of }: Charge): CsvValue {
  const { team, application, environment, cost_center } = of;
  const tags = Object.entries({ application, cost_center, environment, team }).filter(
    ([, value]) => value !== undefined,
  );
  return tags.length === 0 ? undefined : JSON.stringify(Object.fromEntries(tags));
}

/**
 * Reports as documents, for whoever asks over a network: bounded in what may be asked, and kept for a moment, so that
 * a screen that many look at reads the ledger once.
 */

import { addDays, createCalendar, parseDate } from '../core/calendar.ts';
import { Failure } from '../core/failure.ts';
import { budgetsDocument } from './budgets/document.ts';
import type { BudgetQuestion, BudgetState } from './budgets/read-states.ts';
import { pivotDocument, weeklyDocument } from './format/json.ts';
import type { LedgerReader } from './ledger-reader.ts';
import { parseDimensions, parseUnit, parseWhere, pivot } from './pivot.ts';
import { weekly } from './weekly.ts';
import type { BudgetUse } from './weekly-report.ts';

export interface ReportSourceOptions {
  readonly reader: LedgerReader;
  /** Of days and weeks, where a request names none. */
  readonly timeZone: string;
  readonly nowMs: () => number;
  /** What budgets have left now; default: not told. */
  readonly budgets?: () => Promise<readonly BudgetUse[]>;
  /** State of every budget; default: there are none. */
  readonly budgetStates?: (question: BudgetQuestion) => Promise<readonly BudgetState[]>;
  /** How long an answer is kept; default 10 s. */
  readonly keptMs?: number;
  /** Answers that are kept at most; default 256. */
  readonly keptMost?: number;
  /** Reports that are made at once; more are refused; default 4. */
  readonly atOnce?: number;
}

interface WeeklyRequest {
  readonly week?: string;
  readonly timeZone?: string;
  readonly team?: string;
  readonly top?: number;
}

interface PivotRequest {
  readonly by: readonly string[];
  readonly per?: string;
  readonly where: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly timeZone?: string;
  readonly limit?: number;
}

interface BudgetsRequest {
  readonly team?: string;
}

export interface ReportDocuments {
  /** @throws Failure `invalid_request` that names what is wrong, `overloaded` */
  weekly(request: WeeklyRequest): Promise<object>;
  pivot(request: PivotRequest): Promise<object>;
  /** @param isAlone of a team: none that it shares with others */
  budgets(request: BudgetsRequest, isAlone: boolean): Promise<object>;
}

/** What is held changes with every call. */
const HELD_MS = 1_000;
const MOST_TOP = 20;
const MOST_ROWS = 1000;

export function createReportSource(options: ReportSourceOptions): ReportDocuments {
  const {
    reader,
    nowMs,
    budgets,
    budgetStates = async () => [],
    keptMs = 10_000,
    keptMost = 256,
    atOnce = 4,
  } = options;
  const kept = new Map<string, { readonly untilMs: number; readonly document: Promise<object> }>();
  let making = 0;

  const make = async (work: () => Promise<object>): Promise<object> => {
    if (making >= atOnce) throw new Failure('overloaded', `more than ${atOnce} reports are being made`);
    making += 1;
    try {
      return await work();
    } finally {
      making -= 1;
    }
  };

  /** What fails is not kept, and the oldest answer makes room. */
  const keeping = (question: unknown, work: () => Promise<object>, forMs = keptMs): Promise<object> => {
    const key = JSON.stringify(question);
    const found = kept.get(key);
    if (found !== undefined && found.untilMs > nowMs()) return found.document;
    kept.delete(key);
    const document = make(work);
    const entry = { untilMs: nowMs() + forMs, document };
    kept.set(key, entry);
    const [oldest] = kept.keys();
    if (kept.size > keptMost && oldest !== undefined) kept.delete(oldest);
    document.catch(() => {
      if (kept.get(key) === entry) kept.delete(key);
    });
    return document;
  };

  return {
    async weekly({ week, timeZone = options.timeZone, team, top = 3 }) {
      requireWhole('top', top, MOST_TOP);
      return keeping(['weekly', week, timeZone, team, top], async () => {
        const use = await budgets?.();
        const report = await weekly(reader, {
          timeZone,
          nowMs: nowMs(),
          top,
          ...(week === undefined ? {} : { week }),
          ...(team === undefined ? {} : { team }),
          ...(use === undefined ? {} : { budgets: use }),
        });
        return weeklyDocument(report);
      });
    },

    async pivot({ by, per, where, from, to, timeZone = options.timeZone, limit = 100 }) {
      requireWhole('limit', limit, MOST_ROWS);
      const last = to === undefined ? createCalendar(timeZone).date(nowMs()) : parseDate(to, 'to');
      const first = from === undefined ? addDays(last, -29) : parseDate(from, 'from');
      const asked = {
        from: first,
        to: last,
        timeZone,
        by: parseDimensions(by.join(',')),
        where: parseWhere(where),
        limit,
        ...(per === undefined ? {} : { per: parseUnit(per) }),
      };
      return keeping(['pivot', asked], async () => pivotDocument(await pivot(reader, asked)));
    },

    async budgets({ team }, isAlone) {
      const state = async () => {
        const atMs = nowMs();
        return budgetsDocument(atMs, await budgetStates({ nowMs: atMs, team, isAlone }));
      };
      return keeping(['budgets', team, isAlone], state, Math.min(keptMs, HELD_MS));
    },
  };
}

function requireWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new Failure('invalid_request', `${name}: must be a whole number from 1 to ${most} (actual: ${value})`);
}

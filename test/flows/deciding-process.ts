/** A process that decides and hears reports, with a policy of one line and a budget of one team, on accounts of its own or shared. */
import type { Account } from '../../src/core/account.ts';
import { Failure } from '../../src/core/failure.ts';
import type { LedgerEntry } from '../../src/core/ledger-entry.ts';
import { compileCard } from '../../src/core/price-card.ts';
import type { Principal } from '../../src/core/principal.ts';
import type { Clock, RandomSource } from '../../src/engine/clock.ts';
import { createDecisionCheck, createInputCheck } from '../../src/engine/documents.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Arrival } from '../../src/flows/arrival.ts';
import { createDecideFlow } from '../../src/flows/decide.ts';
import { createDecisionHolds } from '../../src/flows/decision-holds.ts';
import type { ReportReceipt } from '../../src/flows/flows.ts';
import type { Ledger } from '../../src/flows/ledger.ts';
import type { Observer, ReportedFact } from '../../src/flows/observer.ts';
import { createRecentDecisions } from '../../src/flows/recent-decisions.ts';
import { createReportFlow } from '../../src/flows/report.ts';
import { createRequestFacts } from '../../src/state/facts.ts';
import type { Process } from '../contract/held-decisions-driver.ts';
import { ALLOW, scriptedPolicy } from '../support/scripted-policy.ts';

export const TEAM: Account = { key: 'team|2026-11', budget: 'team', limitNano: 10_000n, ceilingNano: 10_000n };
/** Of 1,000 and 10 tokens. */
export const COST_NANO = 1_020n;

const CARD = { id: 'c', effective_from: '1970-01-01', input_pico_usd: 1_000, output_pico_usd: 2_000 };

export interface DecidingProcess {
  /** @returns the id of an allow. @throws Failure `unavailable` where the accounts are away */
  decide(): Promise<string>;
  /** Of the first token 1,000 and 10 tokens, if it does not say otherwise. */
  report(
    decisionId: string,
    reportId: string,
    more?: Readonly<Record<string, unknown>>,
    team?: string,
  ): Promise<ReportReceipt>;
  readonly reported: ReportedFact[];
  readonly warnings: string[];
}

export interface Surroundings {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
}

export function decidingProcess(process: Process, { ledger, clock, random }: Surroundings): DecidingProcess {
  const reported: ReportedFact[] = [];
  const warnings: string[] = [];
  const observer: Observer = {
    begin: () => ({
      decided: () => undefined,
      reported: (fact) => void reported.push(fact),
      attempted: () => undefined,
      served: () => undefined,
      end: () => undefined,
      responseHeaders: {},
    }),
  };
  const identity = {
    identify: (credential: Arrival['credential']): Principal => ({
      subject: 'svc',
      ...(credential.kind === 'bearer' ? { team: credential.token } : undefined),
      application: 'assistant',
      environment: 'prod',
    }),
  };
  const policy = scriptedPolicy(() => ALLOW, new Map([['openai/gpt-x', [compileCard(CARD, 0)]]]));
  const engine = createEngine({
    policy,
    facts: createRequestFacts(),
    clock,
    random,
    checkInput: createInputCheck(),
    checkDecision: createDecisionCheck(),
  });
  const money = {
    accounts: process.accounts,
    ledger,
    demands: { accounts: () => [TEAM], limits: () => ({ rates: [], slots: [] }) },
    settled: () => undefined,
    short: () => undefined,
    warn: (message: string) => void warnings.push(message),
  };
  const status = () => policy.status();
  const prices = () => new Map([['openai/gpt-x', [compileCard(CARD, 0)]]]);
  const holds = createDecisionHolds({ money, decisions: process.decisions, clock, prices });
  const recent = createRecentDecisions(64);
  const open = createDecideFlow({ identity, engine, observer, recent, clock, holds });
  const hear = createReportFlow({ identity, observer, recent, clock, status, holds });

  return {
    reported,
    warnings,
    async decide() {
      const session = await open(arrivalOf('search'));
      const decision = await session.decide({ call: { operation: 'chat', model: 'fast', input_tokens: 1_000 } });
      const { outcome, reasons } = decision.document;
      if (outcome !== 'allow') {
        throw new Failure(reasons[0]?.code === 'unavailable' ? 'unavailable' : 'internal', JSON.stringify(reasons));
      }
      return decision.id;
    },
    report: (decisionId, reportId, more, team = 'search') =>
      hear(arrivalOf(team), {
        id: reportId,
        decision_id: decisionId,
        target: 'openai/gpt-x',
        outcome: 'ok',
        usage: { kind: 'exact', input_tokens: 1_000, output_tokens: 10 },
        ...more,
      }),
  };
}

const arrivalOf = (team: string): Arrival => ({
  transport: 'embedded',
  operation: 'test',
  credential: { kind: 'bearer', token: team },
  header: () => undefined,
});

/** A ledger in memory, shared by all that write: what was written is not changed. */
export function sharedLedger(): Ledger & { readonly entries: readonly LedgerEntry[] } {
  const byId = new Map<string, LedgerEntry>();
  return {
    get entries() {
      return [...byId.values()];
    },
    async append(entry) {
      if (!byId.has(entry.id)) byId.set(entry.id, entry);
    },
    close: async () => undefined,
  };
}

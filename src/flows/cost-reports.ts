/**
 * The path of a report of cost: arrival → identity → whose cost it may show → the report. Fails closed: roles and team
 * are those that the credential fixes, or the configuration says of whoever has none; what a request says of itself
 * opens no other team's books.
 */
import { Failure } from '../core/failure.ts';
import type { Principal } from '../core/principal.ts';
import type { Arrival } from './arrival.ts';
import type { Identity } from './identity.ts';
import type { Observer } from './observer.ts';

/** Still untrusted: whoever reports reads it. */
export interface WeeklyRequest {
  /** ISO week, such as `2026-W47`; absent: this one, as far as it is. */
  readonly week?: string;
  readonly timeZone?: string;
  readonly team?: string;
  /** Applications and models of each team. */
  readonly top?: number;
}

/** Still untrusted. */
export interface PivotRequest {
  readonly by: readonly string[];
  readonly per?: string;
  /** Each such as `environment=prod`. */
  readonly where: readonly string[];
  /** Local dates; both are told. */
  readonly from?: string;
  readonly to?: string;
  readonly timeZone?: string;
  readonly limit?: number;
}

/** Still untrusted. */
export interface BudgetsRequest {
  /** Only budgets that cover it. */
  readonly team?: string;
}

/** Port: what makes reports, as documents of JSON. @throws Failure `invalid_request` that names what is wrong */
export interface ReportSource {
  weekly(request: WeeklyRequest): Promise<object>;
  pivot(request: PivotRequest): Promise<object>;
  /** @param isAlone of a team: none that it shares with others, which tell what those spend */
  budgets(request: BudgetsRequest, isAlone: boolean): Promise<object>;
}

export interface CostReports {
  /** @throws Failure `unauthenticated`, `forbidden`, and what the source throws */
  weekly(arrival: Arrival, request: WeeklyRequest): Promise<object>;
  pivot(arrival: Arrival, request: PivotRequest): Promise<object>;
  budgets(arrival: Arrival, request: BudgetsRequest): Promise<object>;
}

export interface CostReportsDependencies {
  readonly identity: Identity;
  readonly observer: Observer;
  readonly source: ReportSource;
  /** Who sees every team. */
  readonly roles: readonly string[];
}

export function createCostReports({ identity, observer, source, roles }: CostReportsDependencies): CostReports {
  const observed = async (arrival: Arrival, answer: (team: string | undefined) => Promise<object>): Promise<object> => {
    const observation = observer.begin(arrival);
    try {
      const principal = await identity.identify(arrival.credential);
      const document = await answer(onlyTeam(principal, roles));
      observation.end();
      return document;
    } catch (reason) {
      const failure = Failure.from(reason);
      observation.end(failure);
      throw failure;
    }
  };

  return {
    weekly: (arrival, request) =>
      observed(arrival, (own) => {
        if (own === undefined) return source.weekly(request);
        requireOwn(own, request.team);
        return source.weekly({ ...request, team: own });
      }),
    pivot: (arrival, request) =>
      observed(arrival, (own) => {
        if (own === undefined) return source.pivot(request);
        const asked = request.where.filter((pair) => /^\s*team\s*=/.test(pair));
        for (const pair of asked) requireOwn(own, pair.slice(pair.indexOf('=') + 1));
        const others = request.where.filter((pair) => !asked.includes(pair));
        return source.pivot({ ...request, where: [...others, `team=${own}`] });
      }),
    budgets: (arrival, request) =>
      observed(arrival, (own) => {
        if (own === undefined) return source.budgets(request, false);
        requireOwn(own, request.team);
        return source.budgets({ team: own }, true);
      }),
  };
}

/** @returns the one team whose cost it may see; undefined: every team's */
function onlyTeam(principal: Principal, roles: readonly string[]): string | undefined {
  const has = principal.roles ?? principal.otherwise?.roles ?? [];
  if (has.some((role) => roles.includes(role))) return undefined;
  const team = principal.team ?? principal.otherwise?.team;
  if (team !== undefined && team !== '') return team;
  throw new Failure(
    'forbidden',
    `reports: the credential fixes no team, and has none of the roles that see every team: ${roles.join(', ')}`,
  );
}

function requireOwn(own: string, asked: string | undefined): void {
  if (asked === undefined || asked === own) return;
  throw new Failure('forbidden', `team: the credential is of team "${own}", the request asks for another`);
}

/** What the gateway counted: attempts by target and outcome, money by target, and what nobody knows the cost of. */

export interface Ledger {
  /** Such as `first rate_limited`, each with how often. */
  readonly attempts: ReadonlyMap<string, number>;
  /** Nano-USD by provider. */
  readonly costNano: ReadonlyMap<string, number>;
  /** Attempts whose usage nobody knows. */
  readonly unknown: number;
  readonly fallbacks: number;
  readonly retries: number;
  readonly hedges: number;
}

const NANO = 1_000_000_000;

/** @param text Prometheus text */
export function readLedger(text: string): Ledger {
  const points = readPoints(text);
  const sum = (name: string): number =>
    points.filter((point) => point.name === name).reduce((total, { value }) => total + value, 0);
  const by = (name: string, key: (labels: Labels) => string): ReadonlyMap<string, number> => {
    const table = new Map<string, number>();
    for (const { name: own, labels, value } of points) {
      if (own === name) table.set(key(labels), (table.get(key(labels)) ?? 0) + value);
    }
    return table;
  };
  const provider = (labels: Labels): string => labels.get('gen_ai_provider_name') ?? '?';
  const costs = by('turnpike_cost_total', provider);
  return {
    attempts: by(
      'turnpike_attempts_total',
      (labels) => `${provider(labels)} ${labels.get('turnpike_attempt_outcome')}`,
    ),
    costNano: new Map([...costs].map(([name, usd]) => [name, Math.round(usd * NANO)])),
    unknown: sum('turnpike_usage_unknown_total'),
    fallbacks: sum('turnpike_fallbacks_total'),
    retries: sum('turnpike_retries_total'),
    hedges: sum('turnpike_hedges_total'),
  };
}

/** What was counted between two readings. */
export function between(before: Ledger, after: Ledger): Ledger {
  return {
    attempts: growth(before.attempts, after.attempts),
    costNano: growth(before.costNano, after.costNano),
    unknown: after.unknown - before.unknown,
    fallbacks: after.fallbacks - before.fallbacks,
    retries: after.retries - before.retries,
    hedges: after.hedges - before.hedges,
  };
}

function growth(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const grown = [...after].map(([key, value]): [string, number] => [key, value - (before.get(key) ?? 0)]);
  return new Map(grown.filter(([, value]) => value !== 0));
}

type Labels = ReadonlyMap<string, string>;

interface Point {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

function readPoints(text: string): readonly Point[] {
  return text.split('\n').flatMap((line) => {
    const { name, labels = '', value } = /^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)/.exec(line)?.groups ?? {};
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', said = '']): [string, string] => [
      key,
      said,
    ]);
    return [{ name, labels: new Map(pairs), value: Number(value) }];
  });
}

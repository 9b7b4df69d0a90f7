/**
 * Six weeks of four teams, the same every time: until 22 November 2026, a Sunday. In the last week `search` asks twice
 * as often, `support` moves its summaries to a dearer model, `docs` writes longer prompts, and the vendor of `batch`
 * halves its prices.
 */
import type { AttemptEntry } from '../../src/core/ledger-entry.ts';
import { attempt } from './entries.ts';

const DAY_MS = 86_400_000;
const FIRST = Date.parse('2026-10-12T00:00:00Z');
const DAYS = 42;
/** Nano-USD per token of input and output. */
const PRICES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  'openai/gpt-5.2': [1750n, 14_000n],
  'openai/gpt-5-mini': [250n, 2000n],
  'anthropic/claude-sonnet-4-6': [3000n, 15_000n],
  'google/gemini-3-flash': [500n, 3000n],
};

interface Habit {
  readonly team: string;
  readonly application: string;
  readonly environment: string;
  readonly target: (last: boolean) => string;
  readonly calls: (last: boolean) => number;
  readonly input: (last: boolean) => number;
  readonly output: number;
  readonly cheaper?: boolean;
}

const HABITS: readonly Habit[] = [
  {
    team: 'search',
    application: 'assistant',
    environment: 'prod',
    target: () => 'openai/gpt-5.2',
    calls: (last) => (last ? 40 : 20),
    input: () => 12_000,
    output: 900,
  },
  {
    team: 'search',
    application: 'ranking',
    environment: 'staging',
    target: () => 'openai/gpt-5-mini',
    calls: () => 12,
    input: () => 2000,
    output: 300,
  },
  {
    team: 'support',
    application: 'summaries',
    environment: 'prod',
    target: (last) => (last ? 'anthropic/claude-sonnet-4-6' : 'openai/gpt-5-mini'),
    calls: () => 25,
    input: () => 8000,
    output: 500,
  },
  {
    team: 'docs',
    application: 'writer',
    environment: 'prod',
    target: () => 'anthropic/claude-sonnet-4-6',
    calls: () => 10,
    input: (last) => (last ? 9000 : 6000),
    output: 1200,
  },
  {
    team: 'batch',
    application: 'labels',
    environment: 'prod',
    target: () => 'google/gemini-3-flash',
    calls: () => 60,
    input: () => 1500,
    output: 100,
    cheaper: true,
  },
];

export const MONTH_END = FIRST + DAYS * DAY_MS;

export function month(): readonly AttemptEntry[] {
  const random = sequence(20_261_122);
  return Array.from({ length: DAYS }, (_, day) => HABITS.flatMap((habit) => dayOf(habit, day, random))).flat();
}

function dayOf(habit: Habit, day: number, random: (below: number) => number): readonly AttemptEntry[] {
  const last = day >= DAYS - 7;
  const quiet = day % 7 >= 5;
  const calls = quiet ? Math.ceil(habit.calls(last) / 4) : habit.calls(last);
  const target = habit.target(last);
  const [inputPrice, outputPrice] = PRICES[target] ?? [0n, 0n];
  return Array.from({ length: calls }, (_, index) => {
    const name = `${habit.application}-${day}-${index}`;
    const input = habit.input(last) + random(200);
    const output = habit.output + random(50);
    const list = BigInt(input) * inputPrice + BigInt(output) * outputPrice;
    const at = new Date(FIRST + day * DAY_MS + 7 * 3_600_000 + random(10 * 3_600_000)).toISOString();
    // One call in fifty ends before the vendor counted, one before anybody could.
    const kind =
      index % 50 === 7 ? { kind: 'estimated' as const } : index % 50 === 11 ? { kind: 'unknown' as const } : {};
    return attempt({
      at,
      team: habit.team,
      application: habit.application,
      environment: habit.environment,
      target,
      tokens: [input, output],
      cached: Math.floor(input / 3),
      costNano: habit.cheaper === true && last ? list / 2n : list,
      call: name,
      ...kind,
    });
  });
}

/** Numbers that look like chance and are the same every time (a linear congruential generator). */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

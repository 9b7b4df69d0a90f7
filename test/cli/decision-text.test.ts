import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decisionText, dollars } from '../../src/cli/decision-text.ts';
import type { PresentedDecision } from '../../src/core/present.ts';

const TIMEOUTS = { connect_ms: 2000, first_token_ms: 8000, idle_ms: 15_000, total_ms: 60_000 };

const ALLOW: PresentedDecision = {
  id: '0198c0de-0000-7000-8000-000000000000',
  outcome: 'allow',
  reasons: [],
  route: [
    { target: 'anthropic/claude-x', max_output_tokens: 800, retries: 1, timeouts: TIMEOUTS },
    { target: 'openai/gpt-x', max_output_tokens: 16, retries: 0, timeouts: { ...TIMEOUTS, connect_ms: 750 } },
  ],
  fallback_on: ['rate_limited', 'timeout'],
  hedge: { after_ms: 900 },
  envelope: { deadline_ms: 60_000, max_attempts: 4, max_cost_nano_usd: 50_000_000 },
  hold: { wait_ms: 2000, clamp: true, when_away: 'allowance', allowance_nano_usd: 5_000_000_000 },
  budgets: ['team-search-month', 'app-assistant-day'],
  limits: ['team-search-rpm'],
  obligations: [{ kind: 'cap_output', value: 800 }],
  attribution: { team: 'search', application: 'assistant', environment: 'prod', cost_center: 'cc-7' },
  policy: { revision: '1a2b3c4', digest: `sha256:${'d'.repeat(64)}`, entrypoint: 'turnpike/decision' },
  estimate: {
    kind: 'priced',
    target: 'anthropic/claude-x',
    price_id: 'claude-x-2026',
    input_nano_usd: 1_200_000,
    output_nano_usd: 3_312_000,
    total_nano_usd: 4_512_000,
  },
  decided_at: '2026-11-22T19:00:00.000Z',
};

const DENY: PresentedDecision = {
  ...ALLOW,
  outcome: 'throttle',
  reasons: [{ code: 'rate_exceeded', rule: 'budget.limits', message: 'team-search-rpm is \u001b[31mexhausted\u202e' }],
  route: [],
  estimate: { kind: 'none' },
  retry_after_ms: 1500,
};

test('an allow shows who, where to, what it may cost and by which policy', () => {
  assert.equal(
    decisionText(ALLOW, false),
    `ALLOW  team search, application assistant, environment prod, cost centre cc-7
     target              output  retries  connect  first token  idle  total
  1  anthropic/claude-x     800        1      2 s          8 s  15 s   60 s
  2  openai/gpt-x            16        0   750 ms          8 s  15 s   60 s
  estimate   $0.004512 at most at anthropic/claude-x (input $0.0012, output $0.003312; prices claude-x-2026)
  at most    60 s, 4 attempts, $0.05
  falls back on rate_limited, timeout
  hedges     after 900 ms
  if short   waits 2 s, caps output; $5.00 of each budget where they cannot be asked
  obligation cap_output 800
  budgets    team-search-month, app-assistant-day
  limits     team-search-rpm
  policy     1a2b3c4 sha256:dddddddddddd
  decision   0198c0de-0000-7000-8000-000000000000 at 2026-11-22T19:00:00.000Z
`,
  );
});

test('a refusal shows its reasons and when to come back, and lets nobody drive the terminal', () => {
  const lines = decisionText(DENY, false).split('\n');
  assert.match(lines[0] ?? '', /^THROTTLE {2}team search/);
  assert.equal(lines[1], '  reason     team-search-rpm is \ufffd[31mexhausted\ufffd (rate_exceeded, budget.limits)');
  assert.ok(lines.includes('  try again  in 1.5 s'));
});

const HOLDS: readonly [hold: NonNullable<PresentedDecision['hold']>, line: string][] = [
  [{}, '  if short   does not wait; denied where budgets cannot be asked'],
  [{ wait_ms: 0, clamp: false, when_away: 'deny' }, '  if short   does not wait; denied where budgets cannot be asked'],
  [{ wait_ms: 500, when_away: 'record' }, '  if short   waits 500 ms; only recorded where budgets cannot be asked'],
  [
    { clamp: true, when_away: 'allowance' },
    '  if short   caps output; $0.00 of each budget where they cannot be asked',
  ],
];
for (const [hold, line] of HOLDS) {
  test(`what an attempt may do is told of ${JSON.stringify(hold)}`, () => {
    assert.ok(
      decisionText({ ...ALLOW, hold }, false)
        .split('\n')
        .includes(line),
    );
  });
}

test('an unpriced target is said to be so, and never to cost nothing', () => {
  const text = decisionText({ ...ALLOW, estimate: { kind: 'unpriced', target: 'x/y' } }, false);
  assert.match(text, /estimate {3}x\/y has no price/);
});

describe('dollars', () => {
  const cases: readonly (readonly [number | string, string])[] = [
    [0, '$0.00'],
    [1, '$0.000000001'],
    [4_512_000, '$0.004512'],
    [1_500_000_000, '$1.50'],
    ['9007199254740993', '$9007199.254740993'],
    [-50_000_000, '-$0.05'],
  ];
  for (const [nano, expected] of cases) {
    test(`${nano} nano-USD is ${expected}`, () => assert.equal(dollars(nano), expected));
  }

  test('keeps every digit of any amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (amount) => {
        const [whole = '', fraction = ''] = dollars(amount.toString()).slice(1).split('.');
        assert.equal(BigInt(whole) * 10n ** 9n + BigInt(fraction.padEnd(9, '0')), amount);
      }),
    );
  });
});

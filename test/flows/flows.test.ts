import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import { compileCard } from '../../src/core/price-card.ts';
import type { Principal } from '../../src/core/principal.ts';
import { createDecisionCheck, createInputCheck } from '../../src/engine/documents.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Arrival } from '../../src/flows/arrival.ts';
import { decideAll } from '../../src/flows/batch.ts';
import { createDecideFlow } from '../../src/flows/decide.ts';
import type { DecidedFact, Observer, ReportedFact } from '../../src/flows/observer.ts';
import { createQueryFlow } from '../../src/flows/query.ts';
import { createRecentDecisions } from '../../src/flows/recent-decisions.ts';
import { createReportFlow } from '../../src/flows/report.ts';
import { createRequestFacts } from '../../src/state/facts.ts';
import { countingRandom, setClock } from '../support/clock.ts';
import { ALLOW, scriptedPolicy } from '../support/scripted-policy.ts';

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const ARRIVAL: Arrival = {
  transport: 'embedded',
  operation: 'test',
  credential: { kind: 'bearer', token: 'search-key' },
  header: () => undefined,
};
const SEARCH: Principal = { subject: 'svc', team: 'search', application: 'assistant', environment: 'prod', roles: [] };
const ADS: Principal = { ...SEARCH, team: 'ads' };

interface Told {
  readonly decided: DecidedFact[];
  readonly reported: ReportedFact[];
  readonly ends: (Failure | undefined)[];
}

function flows(answer: (input: unknown) => unknown = () => ALLOW) {
  const told: Told = { decided: [], reported: [], ends: [] };
  const observer: Observer = {
    begin: () => ({
      decided(fact) {
        told.decided.push(fact);
        return { traceId: 't', spanId: 's' };
      },
      reported: (fact) => told.reported.push(fact),
      attempted: () => undefined,
      served: () => undefined,
      end: (failure) => told.ends.push(failure),
      responseHeaders: {},
    }),
  };
  const identity = {
    identify(credential: Arrival['credential']): Principal {
      const token = credential.kind === 'bearer' ? credential.token : '';
      const known = new Map([
        ['search-key', SEARCH],
        ['ads-key', ADS],
        ['open-key', { subject: 'anyone' }],
      ]).get(token);
      if (known === undefined) throw new Failure('unauthenticated', 'unknown credential');
      return known;
    },
  };
  const policy = scriptedPolicy(
    answer,
    new Map([
      [
        'openai/gpt-x',
        [compileCard({ id: 'c', effective_from: '1970-01-01', input_pico_usd: 1000, output_pico_usd: 2000 }, 0)],
      ],
    ]),
  );
  const clock = setClock(NOW_MS);
  const engine = createEngine({
    policy,
    facts: createRequestFacts(),
    clock,
    random: countingRandom(),
    checkInput: createInputCheck(),
    checkDecision: createDecisionCheck(),
  });
  const status = () => policy.status();
  const recent = createRecentDecisions(4);
  const openSession = createDecideFlow({ identity, engine, observer, recent, clock });
  const query = createQueryFlow({ identity, engine, observer, openSession, status, nextId: () => 'id' });
  const report = createReportFlow({ identity, observer, recent, clock, status });
  return { told, openSession, query, report, clock };
}

const failsWith =
  (code: Failure['code'], message: RegExp = /./) =>
  (error: unknown) =>
    error instanceof Failure && error.code === code && message.test(error.message);
const withToken = (token: string): Arrival => ({ ...ARRIVAL, credential: { kind: 'bearer', token } });
const CALL = { call: { operation: 'chat' } };

test('a decision is made for the caller of the credential, told to telemetry, and the session ends once', async () => {
  const { told, openSession } = flows();
  const session = await openSession(ARRIVAL);
  const decision = await session.decide(CALL);
  session.end();
  assert.equal(decision.document.outcome, 'allow');
  assert.deepEqual(
    told.decided.map((fact) => [fact.decision.id, fact.caller.team]),
    [[decision.id, 'search']],
  );
  assert.deepEqual(told.ends, [undefined]);
});

test('an unknown credential never opens a session, and telemetry hears of it', async () => {
  const { told, openSession } = flows();
  await assert.rejects(openSession(withToken('nobody')), failsWith('unauthenticated'));
  assert.deepEqual(
    told.ends.map((failure) => failure?.code),
    ['unauthenticated'],
  );
});

const refused: readonly (readonly [string, unknown, Failure['code'], RegExp])[] = [
  ['no object', 'call', 'invalid_request', /request: must be an object/],
  ['no call', {}, 'invalid_request', /request\.call: missing/],
  ['a list for a call', { call: [] }, 'invalid_request', /call: must be an object/],
  ['a field too many', { ...CALL, force_allow: true }, 'invalid_request', /unknown field "force_allow"/],
  ['a fact too many', { ...CALL, facts: { now: 1 } }, 'invalid_request', /facts: unknown field "now"/],
  ['attempts that are no list', { ...CALL, attempts: {} }, 'invalid_request', /attempts/],
  ["another team's name", { ...CALL, caller: { team: 'ads' } }, 'forbidden', /caller\.team/],
];
for (const [name, request, code, message] of refused) {
  test(`a request with ${name} is refused as ${code}`, async () => {
    const { openSession } = flows();
    await assert.rejects((await openSession(ARRIVAL)).decide(request), failsWith(code, message));
  });
}

test('a deadline that has passed stops the decision before it is made', async () => {
  const { openSession, told } = flows();
  const session = await openSession({ ...ARRIVAL, deadlineAtMs: NOW_MS });
  await assert.rejects(session.decide(CALL), failsWith('deadline_exceeded'));
  assert.equal(told.decided.length, 0);
});

test('a batch keeps its order, and one bad item harms no other', async () => {
  const { openSession } = flows();
  const items = await decideAll(await openSession(ARRIVAL), [CALL, 7, CALL]);
  assert.deepEqual(
    items.map((item) => item.kind),
    ['decided', 'failed', 'decided'],
  );
});

test('a batch beyond its bound is refused whole', async () => {
  const { openSession, told } = flows();
  await assert.rejects(
    decideAll(await openSession(ARRIVAL), new Array(257).fill(CALL)),
    failsWith('too_large', /257.*256/),
  );
  assert.equal(told.decided.length, 0);
});

test('asking the decision as a query gives the same document, with facts at the top level', async () => {
  const seen: unknown[] = [];
  const { query } = flows((input) => {
    seen.push(input);
    return ALLOW;
  });
  const answer = await query(ARRIVAL, 'turnpike/decision', { ...CALL, budgets: [{ id: 'b', state: 'ok' }] });
  assert.deepEqual(answer.result, ALLOW);
  assert.deepEqual(
    seen.map((input) => (input as { budgets: unknown }).budgets),
    [[{ id: 'b', state: 'ok' }]],
  ); // as given
});

test('a query cannot set the time', async () => {
  await assert.rejects(
    flows().query(ARRIVAL, 'turnpike/decision', { ...CALL, now: {} }),
    failsWith('invalid_request', /now/),
  );
});

test('another entry point sees the caller of the credential, whatever the body says', async () => {
  const { query } = flows((input) => input);
  const { result } = await query(ARRIVAL, 'other/rule', { x: 1 });
  assert.deepEqual(result, { x: 1, caller: { ...SEARCH } });
  await assert.rejects(query(ARRIVAL, 'other/rule', { caller: { team: 'ads' } }), failsWith('forbidden'));
});

test('what is no entry point is undefined', async () => {
  assert.deepEqual(await flows().query(ARRIVAL, 'no/such', {}), { decisionId: 'id' });
});

const REPORT = {
  id: 'r1',
  target: 'openai/gpt-x',
  outcome: 'ok',
  usage: { kind: 'exact', input_tokens: 1000, output_tokens: 10 },
};

test('a report is matched with its decision, priced, and recorded once', async () => {
  const { told, openSession, report } = flows();
  const decision = await (await openSession(ARRIVAL)).decide(CALL);
  const said = { ...REPORT, decision_id: decision.id };
  assert.deepEqual(await report(ARRIVAL, said), { duplicate: false, matched: true });
  assert.deepEqual(await report(ARRIVAL, said), { duplicate: true, matched: true });
  assert.equal(told.reported.length, 1);
  const [fact] = told.reported;
  assert.deepEqual(fact?.attribution, ALLOW.attribution);
  assert.deepEqual(fact?.decidedAt, { traceId: 't', spanId: 's' });
  assert.deepEqual(fact?.cost, {
    kind: 'priced',
    priceId: 'c',
    tier: 'standard',
    items: {
      inputNano: 1000n,
      cacheReadNano: 0n,
      cacheWriteNano: 0n,
      outputNano: 20n,
      otherNano: 0n,
      totalNano: 1020n,
    },
    estimated: false,
  });
});

test('the same report id with other content is a conflict', async () => {
  const { report } = flows();
  await report(ARRIVAL, { ...REPORT, decision_id: 'd' });
  await assert.rejects(report(ARRIVAL, { ...REPORT, decision_id: 'e' }), failsWith('conflict', /r1/));
});

test("a report on another team's decision is refused", async () => {
  const { openSession, report } = flows();
  const decision = await (await openSession(ARRIVAL)).decide(CALL);
  await assert.rejects(report(withToken('ads-key'), { ...REPORT, decision_id: decision.id }), failsWith('forbidden'));
});

test('a report without usage costs what is unknown, not zero', async () => {
  const { report, told } = flows();
  const { usage: _usage, ...rest } = REPORT;
  assert.deepEqual(await report(ARRIVAL, { ...rest, decision_id: 'gone' }), { duplicate: false, matched: false });
  assert.deepEqual(
    told.reported.map((fact) => [fact.cost, fact.report.usage]),
    [[{ kind: 'unknown' }, { kind: 'unknown' }]],
  );
});

const badReports: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', undefined, /report: must be an object/],
  ['no id', { ...REPORT, decision_id: 'd', id: '' }, /report\.id/],
  ['an unknown outcome', { ...REPORT, decision_id: 'd', outcome: 'fine' }, /report\.outcome: must be one of ok/],
  [
    'negative tokens',
    { ...REPORT, decision_id: 'd', usage: { kind: 'exact', input_tokens: -1, output_tokens: 0 } },
    /input_tokens/,
  ],
  ['a field too many', { ...REPORT, decision_id: 'd', cost: 0 }, /unknown field "cost"/],
];
for (const [name, said, message] of badReports) {
  test(`a report with ${name} is refused`, async () => {
    await assert.rejects(flows().report(ARRIVAL, said), failsWith('invalid_request', message));
  });
}

test('recent decisions are a ring: the oldest is forgotten first', () => {
  const recent = createRecentDecisions(2);
  for (const id of ['a', 'b', 'c']) recent.remember({ id, attribution: ALLOW.attribution, anchor: undefined });
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => recent.find(id)?.id),
    [undefined, 'b', 'c'],
  );
});

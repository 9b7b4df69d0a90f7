/** Contract of every transport: what goes in reaches the flows, what they answer comes out, whatever the wire. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Decision } from '../../src/core/decision.ts';
import { FAILURE_CODES, Failure } from '../../src/core/failure.ts';
import { MAX_BATCH } from '../../src/flows/batch.ts';
import { type Script, type ScriptedFlows, scriptedFlows } from './scripted-flows.ts';
import { DECISIONS, MESSAGES, REPORTS, REQUESTS } from './transport-cases.ts';
import type { Answer, TransportDriver } from './transport-driver.ts';

const REQUEST = { call: { operation: 'chat' } };
const FIRST: Decision = decisionAt(0);

export function transportContract(driver: TransportDriver): void {
  describe(`transport ${driver.name}`, () => {
    let flows: ScriptedFlows;
    let script: Script;
    beforeEach(async () => {
      script = { decide: () => FIRST };
      flows = scriptedFlows({
        open: (arrival) => script.open?.(arrival),
        decide: (request, arrival) => script.decide?.(request, arrival) ?? FIRST,
        report: (report, arrival) => script.report?.(report, arrival) ?? { duplicate: false, matched: false },
        responseHeaders: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      });
      await driver.start(flows);
    });
    afterEach(() => driver.close());

    for (const { name, decision } of DECISIONS) {
      test(`brings back ${name}`, async () => {
        script = { decide: () => decision };
        assert.deepEqual(valueIn(await driver.decide(REQUEST)), decision);
      });
    }

    for (const { name, request } of REQUESTS) {
      test(`brings in a request with ${name}`, async () => {
        await driver.decide(request);
        assert.deepEqual(flows.received, [request]);
      });
    }

    test('leaves what broke inside a policy to telemetry', async () => {
      script = { decide: () => ({ ...FIRST, fault: { code: 'evaluation_failed', message: 'data.secret at line 7' } }) };
      assert.deepEqual(valueIn(await driver.decide(REQUEST)), FIRST);
    });

    for (const code of FAILURE_CODES) {
      test(`tells the failure ${code} by its code, and goes on`, async () => {
        script = { decide: () => fail(new Failure(code, `what is wrong: ${code}`)) };
        const told = await driver.decide(REQUEST);
        assert.deepEqual(told, { kind: 'failed', code, message: `what is wrong: ${code}`, faults: [] });
        assert.deepEqual(
          flows.endings.map((failure) => failure?.code),
          [code],
        );
        script = { decide: () => FIRST };
        assert.equal(valueIn(await driver.decide(REQUEST)).id, FIRST.id);
      });
    }

    for (const { name, message, faults } of MESSAGES) {
      test(`tells a failure in ${name}`, async () => {
        script = { decide: () => fail(new Failure('invalid_request', message, { faults })) };
        assert.deepEqual(await driver.decide(REQUEST), { kind: 'failed', code: 'invalid_request', message, faults });
      });
    }

    test('survives a failure whose words hold half of a surrogate pair', async () => {
      script = { decide: () => fail(new Failure('invalid_request', 'unknown field "\ud83d…"')) };
      const told = await driver.decide(REQUEST);
      assert.deepEqual(told, {
        kind: 'failed',
        code: 'invalid_request',
        message: 'unknown field "\ufffd…"',
        faults: [],
      });
    });

    test('withholds the words of an error that is no Failure', async () => {
      script = { decide: () => fail(new Error('password=hunter2 at /srv/x.ts:7')) };
      assert.deepEqual(await driver.decide(REQUEST), {
        kind: 'failed',
        code: 'internal',
        message: 'internal error',
        faults: [],
      });
    });

    test('tells a refused credential, and decides nothing', async () => {
      script = { open: () => fail(new Failure('unauthenticated', 'the credential is not known')) };
      const told = await driver.decide(REQUEST, { key: 'nonsense' });
      assert.deepEqual(told, {
        kind: 'failed',
        code: 'unauthenticated',
        message: 'the credential is not known',
        faults: [],
      });
      assert.deepEqual(flows.received, []);
    });

    test('brings in the credential, the operation and the headers', async () => {
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      await driver.decide(REQUEST, { key: 'tp_live_abc', headers: { traceparent } });
      await driver.decide(REQUEST);
      const [withKey, without] = flows.arrivals;
      assert.equal(withKey?.transport, driver.name);
      assert.deepEqual(withKey?.credential, { kind: 'bearer', token: 'tp_live_abc' });
      assert.equal(withKey?.header('traceparent'), traceparent);
      assert.deepEqual(without?.credential, { kind: 'none' });
      assert.equal(without?.header('traceparent'), undefined);
      assert.match(without?.operation ?? '', /decide/i);
    });

    test('says the decision id and the trace in its headers', async () => {
      const answer = await driver.decide(REQUEST);
      assert.equal(answer.kind, 'ok');
      assert.equal(answer.headers['x-turnpike-decision-id'], FIRST.id);
      assert.equal(answer.headers['traceparent'], '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    });

    test('ends every session once, with the failure if there was one', async () => {
      await driver.decide(REQUEST);
      script = { decide: () => fail(new Failure('forbidden', 'no')) };
      await driver.decide(REQUEST);
      script = { decide: () => fail(new Failure('forbidden', 'no')) };
      await driver.decideBatch([REQUEST, REQUEST]);
      await flows.ended(3);
      assert.deepEqual(
        flows.endings.map((failure) => failure?.code),
        [undefined, 'forbidden', undefined],
      );
    });

    test('decides a batch in order, each item on its own', async () => {
      const faults = [{ at: '/call/model', message: 'too long' }];
      const models = ['m0', 'bad', 'm2'];
      script = {
        decide: (request) => {
          const index = models.indexOf(modelOf(request));
          return index === 1 ? fail(new Failure('too_large', 'item 1', { faults })) : decisionAt(index);
        },
      };
      const answer = await driver.decideBatch(models.map((model) => ({ call: { operation: 'chat', model } })));
      assert.deepEqual(valueIn(answer), [
        { kind: 'decided', decision: decisionAt(0) },
        { kind: 'failed', code: 'too_large', message: 'item 1', faults },
        { kind: 'decided', decision: decisionAt(2) },
      ]);
      assert.equal(flows.arrivals.length, 1);
    });

    test('answers an empty batch with nothing', async () => {
      assert.deepEqual(valueIn(await driver.decideBatch([])), []);
    });

    test('takes the largest batch, and refuses one more whole', async () => {
      const largest = await driver.decideBatch(new Array<object>(MAX_BATCH).fill(REQUEST));
      assert.equal(valueIn(largest).length, MAX_BATCH);
      const tooMany = await driver.decideBatch(new Array<object>(MAX_BATCH + 1).fill(REQUEST));
      assert.deepEqual(tooMany, {
        kind: 'failed',
        code: 'too_large',
        message: `requests: ${MAX_BATCH + 1} in one batch, at most ${MAX_BATCH}`,
        faults: [],
      });
      assert.equal(flows.received.length, MAX_BATCH);
    });

    for (const { name, report } of REPORTS) {
      test(`brings in a report with ${name}`, async () => {
        script = { report: () => ({ duplicate: true, matched: false }) };
        const answer = await driver.report(report, { key: 'tp_live_abc' });
        assert.deepEqual(valueIn(answer), { duplicate: true, matched: false });
        assert.deepEqual(flows.received, [report]);
        assert.deepEqual(
          flows.arrivals.map(({ credential }) => credential),
          [{ kind: 'bearer', token: 'tp_live_abc' }],
        );
      });
    }

    test('tells that a report matched, and that one was in conflict', async () => {
      script = { report: () => ({ duplicate: false, matched: true }) };
      assert.deepEqual(valueIn(await driver.report({ id: 'r' })), { duplicate: false, matched: true });
      script = { report: () => fail(new Failure('conflict', 'report r: told before with other content')) };
      assert.deepEqual(await driver.report({ id: 'r' }), {
        kind: 'failed',
        code: 'conflict',
        message: 'report r: told before with other content',
        faults: [],
      });
    });
  });
}

function decisionAt(index: number): Decision {
  const decision = DECISIONS[index]?.decision;
  if (decision === undefined) throw new Error(`no case ${index}`);
  return decision;
}

function valueIn<Value>(answer: Answer<Value>): Value {
  if (answer.kind === 'failed') assert.fail(`${answer.code}: ${answer.message}`);
  return answer.value;
}

function modelOf(request: unknown): string {
  assert(typeof request === 'object' && request !== null && 'call' in request);
  assert(typeof request.call === 'object' && request.call !== null && 'model' in request.call);
  return String(request.call.model);
}

function fail(reason: unknown): never {
  throw reason;
}

/** The protos keep what they promise: everything is documented, and the documents of core fit the messages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { FAILURE_CODES } from '../../../src/core/failure.ts';
import { grpcStatusOf } from '../../../src/transport/grpc/status.ts';
import { PROTO_DIRECTORY } from '../../../src/transport/grpc/wire.ts';

const FILES = ['decision', 'call', 'report', 'gateway', 'cost_reports'].map(
  (name) => `${PROTO_DIRECTORY}turnpike/v1/${name}.proto`,
);

/** Names that say it all by themselves, in a message or beside siblings that are documented. */
const SELF_EVIDENT: ReadonlySet<string> = new Set([
  'Attribution.team',
  'Attribution.application',
  'Attribution.environment',
  'Attribution.cost_center',
  'Attribution.tags',
  'Decision.attribution',
  'Decision.policy',
  'Decision.estimate',
  'Reason.message',
  'RouteStep.timeouts',
  'Envelope.max_attempts',
  'DecideBatchResponse.results',
  'Item.decision',
  'DecideStreamResponse.decision',
  'Obligation.number',
  'Obligation.text',
]);

const OBVIOUS_TYPES: ReadonlySet<string> = new Set([
  'DecideRequest',
  'DecideBatchRequest',
  'DecideBatchResponse',
  'DecideStreamRequest',
  'DecideStreamResponse',
  'ReportRequest',
  'ReportResponse',
  'Reason',
  'RouteStep',
  'Hedge',
  'Envelope',
  'Obligation',
]);

describe('proto/turnpike/v1', () => {
  test('documents every method, message and field', () => {
    const undocumented: string[] = [];
    const see = (thing: protobuf.ReflectionObject, known: ReadonlySet<string>, name: string): void => {
      if (!thing.comment && !known.has(name)) undocumented.push(name);
    };
    for (const file of FILES) {
      const root = new protobuf.Root();
      protobuf.parse(readFileSync(file, 'utf8'), root, { keepCase: true, alternateCommentMode: true });
      for (const thing of everything(root)) {
        if (thing instanceof protobuf.Type) see(thing, OBVIOUS_TYPES, thing.name);
        if (thing instanceof protobuf.Method) see(thing, new Set(), thing.name);
        if (thing instanceof protobuf.Field) see(thing, SELF_EVIDENT, `${thing.parent?.name}.${thing.name}`);
      }
    }
    assert.deepEqual(undocumented, []);
  });

  test('keeps int64 to money, and to sums over many calls', () => {
    const root = new protobuf.Root();
    for (const file of FILES) protobuf.parse(readFileSync(file, 'utf8'), root, { keepCase: true });
    const wide = everything(root).filter((thing) => thing instanceof protobuf.Field && /64$/.test(thing.type));
    assert(wide.length > 0);
    for (const { name, parent } of wide) {
      const isSum = parent?.name === 'CostSums' || name === 'attempts';
      assert(isSum || name.endsWith('_nano_usd'), name);
    }
  });
});

describe('docs/grpc.md', () => {
  const documented = readFileSync(new URL('../../../docs/grpc.md', import.meta.url), 'utf8');
  for (const code of FAILURE_CODES) {
    test(`says the status of ${code}`, () => {
      const row = documented.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${code}\``));
      assert(
        row?.includes(` ${status[grpcStatusOf(code)]} `),
        `${code} is ${status[grpcStatusOf(code)]}; the row is ${row}`,
      );
    });
  }
});

function everything(thing: protobuf.ReflectionObject): protobuf.ReflectionObject[] {
  const nested = thing instanceof protobuf.Namespace ? thing.nestedArray : [];
  const fields = thing instanceof protobuf.Type ? thing.fieldsArray : [];
  const methods = thing instanceof protobuf.Service ? thing.methodsArray : [];
  return [thing, ...fields, ...methods, ...nested.flatMap(everything)];
}

/** Reads what a Collector's file exporter wrote: OTLP as JSON, one export a line, 64-bit integers as strings. */
import { readFileSync } from 'node:fs';

type Attribute = string | bigint | number | boolean | readonly Attribute[];

export interface WrittenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly resource: ReadonlyMap<string, Attribute>;
}

export interface WrittenPoint {
  readonly name: string;
  readonly value: number;
  readonly labels: ReadonlyMap<string, Attribute>;
}

export function readSpans(file: string): readonly WrittenSpan[] {
  return lines(file).flatMap((line) =>
    list(line['resourceSpans']).flatMap((resourceSpans) => {
      const resource = attributes(record(resourceSpans['resource'])['attributes']);
      return list(resourceSpans['scopeSpans']).flatMap((scope) =>
        list(scope['spans']).map((span) => ({
          traceId: String(span['traceId']),
          spanId: String(span['spanId']),
          parentSpanId: String(span['parentSpanId'] ?? ''),
          name: String(span['name']),
          attributes: attributes(span['attributes']),
          resource,
        })),
      );
    }),
  );
}

/** Points of the last export only: counters are cumulative. */
export function readLastSums(file: string): readonly WrittenPoint[] {
  const last = lines(file).at(-1) ?? {};
  return list(last['resourceMetrics'])
    .flatMap((resource) => list(resource['scopeMetrics']))
    .flatMap((scope) => list(scope['metrics']))
    .flatMap((metric) =>
      list(record(metric['sum'])['dataPoints']).map((point) => ({
        name: String(metric['name']),
        value: Number(point['asDouble'] ?? point['asInt']),
        labels: attributes(point['attributes']),
      })),
    );
}

type Json = Readonly<Record<string, unknown>>;

const lines = (file: string): readonly Json[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => record(JSON.parse(line)));

// The casts: what is no object or list reads as an empty one, and a test then misses what it looks for.
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

const attributes = (value: unknown): ReadonlyMap<string, Attribute> =>
  new Map(list(value).map((pair) => [String(pair['key']), attribute(record(pair['value']))]));

function attribute(value: Json): Attribute {
  if (value['intValue'] !== undefined) return BigInt(String(value['intValue']));
  if (value['doubleValue'] !== undefined) return Number(value['doubleValue']);
  if (value['boolValue'] !== undefined) return value['boolValue'] === true;
  if (value['arrayValue'] !== undefined) return list(record(value['arrayValue'])['values']).map(attribute);
  return String(value['stringValue'] ?? '');
}

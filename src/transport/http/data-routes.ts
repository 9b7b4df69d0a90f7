/**
 * OPA's REST API for asking: `/v1/data/{path}` and `POST /`. Follows OPA's conventions for what is undefined, for a
 * missing input and for `pretty`; differs where OPA reads on behind a fault (docs/http.md lists it).
 */
import { Failure } from '../../core/failure.ts';
import type { Flows, QueryResult } from '../../flows/flows.ts';
import type { Exchange } from './exchange.ts';
import { refuseEncoding } from './json-body.ts';
import { parseJson } from './json-text.ts';
import { querySwitch, queryValues } from './query-string.ts';
import type { Reply } from './reply.ts';

const DECISION_ID_HEADER = 'x-turnpike-decision-id';
const NO_INPUT_WARNING = { code: 'api_usage_warning', message: "'input' key missing from the request" } as const;

/** Body `{"input": …}`; without one the policy sees no input, and the answer carries OPA's warning. */
export async function dataPostRoute(flows: Flows, limitBytes: number, exchange: Exchange): Promise<Reply> {
  const arrival = exchange.arrive();
  const input = inputOf(await readAny(exchange, limitBytes));
  const answer = await flows.query(arrival, entrypointOf(exchange.path), input);
  return dataReply(answer, input === undefined ? NO_INPUT_WARNING : undefined, exchange);
}

/** Query parameter `input`, as JSON; OPA takes the last one. */
export async function dataGetRoute(flows: Flows, exchange: Exchange): Promise<Reply> {
  const arrival = exchange.arrive();
  const text = queryValues(exchange.query, 'input').at(-1);
  const input = text === undefined ? undefined : parseJson('query parameter input', Buffer.from(text, 'utf8'));
  return dataReply(await flows.query(arrival, entrypointOf(exchange.path), input), undefined, exchange);
}

/** The default decision: the whole body is the input, and the answer is the bare document, or 404 when undefined. */
export async function defaultDecisionRoute(
  flows: Flows,
  limitBytes: number,
  entrypoint: string,
  exchange: Exchange,
): Promise<Reply> {
  const arrival = exchange.arrive();
  const input = (await readAny(exchange, limitBytes)) ?? null;
  const { result, decisionId } = await flows.query(arrival, entrypoint, input);
  if (result === undefined) throw new Failure('not_found', `document ${entrypoint}: is undefined for this input`);
  return opaReply(result, decisionId, exchange);
}

function dataReply(answer: QueryResult, warning: typeof NO_INPUT_WARNING | undefined, exchange: Exchange): Reply {
  const document = {
    decision_id: answer.decisionId,
    ...(answer.result === undefined ? undefined : { result: answer.result }),
    ...(warning === undefined ? undefined : { warning }),
  };
  return opaReply(document, answer.decisionId, exchange);
}

function opaReply(document: unknown, decisionId: string, exchange: Exchange): Reply {
  const pretty = exchange.query !== '' && querySwitch(exchange.query, 'pretty');
  return {
    kind: 'whole',
    status: 200,
    contentType: 'application/json',
    body: `${JSON.stringify(document, null, pretty ? 2 : 0)}\n`,
    headers: { [DECISION_ID_HEADER]: decisionId },
  };
}

/** @returns undefined for an empty body. As in OPA, JSON under any content type; its YAML is not read. */
async function readAny(exchange: Exchange, limitBytes: number): Promise<unknown> {
  if (exchange.header('content-type')?.toLowerCase().includes('yaml') === true) {
    throw new Failure('unsupported_media_type', 'content-type: must be application/json, YAML is not read');
  }
  refuseEncoding(exchange);
  const bytes = await exchange.read(limitBytes);
  if (exchange.isGone()) throw new Failure('cancelled', 'the client left before the query was made');
  return bytes.length === 0 ? undefined : parseJson('body', bytes);
}

/** A null input is no input, as in OPA. */
function inputOf(body: unknown): unknown {
  if (body === undefined || body === null) return undefined;
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw new Failure('invalid_request', 'body: must be an object with a field "input"');
  }
  return ('input' in body ? body.input : undefined) ?? undefined;
}

/** An encoded slash is part of a name and no separator, so such a segment stays as it is and names nothing. */
function entrypointOf(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  return segments.map(decodeSegment).join('/');
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    const decoded = decodeURIComponent(segment);
    return decoded.includes('/') ? segment : decoded;
  } catch (cause) {
    throw new Failure('invalid_request', 'path: is not valid percent-encoding of UTF-8', { cause });
  }
}

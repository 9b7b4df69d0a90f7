/** W3C trace context and baggage, read from what anybody may send: bounded, and ignored where malformed. */

export interface RemoteContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  readonly traceState: string | undefined;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
/** As the W3C recommendation bounds them. */
const MAX_TRACEPARENT_CHARS = 512;
const MAX_TRACESTATE_CHARS = 512;
const MAX_BAGGAGE_CHARS = 8192;
const MAX_BAGGAGE_ENTRIES = 64;

/** @returns undefined when there is none or it is malformed: the trace starts here */
export function readTraceContext(header: (name: string) => string | undefined): RemoteContext | undefined {
  const text = header('traceparent');
  if (text === undefined || text.length > MAX_TRACEPARENT_CHARS) return undefined;
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(text.trim()) ?? [];
  if (version === '' || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  const traceState = header('tracestate');
  const kept = traceState !== undefined && traceState.length <= MAX_TRACESTATE_CHARS ? traceState : undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1, traceState: kept };
}

export function writeTraceparent(traceId: string, spanId: string, sampled: boolean): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** @returns the entries whose keys are allowed, in order; properties after `;` are dropped */
export function readBaggage(text: string | undefined, allowed: ReadonlySet<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (text === undefined || allowed.size === 0 || text.length > MAX_BAGGAGE_CHARS) return found;
  for (const entry of text.split(',', MAX_BAGGAGE_ENTRIES)) {
    const pair = entry.split(';', 1)[0] ?? '';
    const equals = pair.indexOf('=');
    if (equals < 1) continue;
    const key = pair.slice(0, equals).trim();
    if (!allowed.has(key) || found.has(key)) continue;
    const value = decode(pair.slice(equals + 1).trim());
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // not percent-encoded as the recommendation says: not an entry
  }
}

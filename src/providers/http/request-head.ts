/** The head of a request as it goes over the wire. What could be read as more than one header is refused. */
import type { HttpCall } from './http-exchange.ts';

/** `dropped`: it is said here already. */
type Kind = 'plain' | 'host' | 'dropped' | 'refused';

/** They say where a message ends, or want an answer that nobody here understands. */
const REFUSED = new Set(['content-length', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Names come from the code and the configuration; the bound is for who makes them up. */
const MAX_KNOWN_NAMES = 512;
const knownNames = new Map<string, Kind>();

/**
 * @param bodyBytes undefined: there is no body
 * @returns Latin-1, with the empty line; undefined where something in it cannot be sent
 */
export function requestHead(call: HttpCall, host: string, bodyBytes: number | undefined): string | undefined {
  const { method, path, headers } = call;
  if (!path.startsWith('/') || NOT_PATH.test(path) || headers.length % 2 !== 0) return undefined;
  let lines = '';
  let named = host;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    const kind = kindOf(name);
    if (kind === 'refused' || NOT_VALUE.test(value)) return undefined;
    if (kind === 'host') named = value;
    else if (kind === 'plain') lines += `${name}: ${value}\r\n`;
  }
  const start = `${method} ${path} HTTP/1.1\r\nhost: ${named}\r\nconnection: keep-alive\r\n${lines}`;
  if (bodyBytes === undefined) return method === 'POST' ? `${start}content-length: 0\r\n\r\n` : `${start}\r\n`;
  return `${start}content-length: ${bodyBytes}\r\n\r\n`;
}

const NOT_PATH = /[^\x21-\x7e\x80-\xff]/;
const NOT_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

function kindOf(name: string): Kind {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const isName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(lower);
  const kind = isName ? kindOfName(lower) : 'refused';
  if (knownNames.size < MAX_KNOWN_NAMES) knownNames.set(name, kind);
  return kind;
}

function kindOfName(lower: string): Kind {
  if (lower === 'host') return 'host';
  if (lower === 'connection') return 'dropped';
  return REFUSED.has(lower) ? 'refused' : 'plain';
}

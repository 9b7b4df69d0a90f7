/**
 * urlquery.* and uri.*: Go's net/url, which is neither WHATWG's URL nor encodeURIComponent.
 * Owns: escaping by those rules and the parts of a URI. May import: the addresses and operands beside it.
 * Fails: undefined where a text is malformed.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { parseAddress } from './ip-address.ts';
import { chargeText, isDefined, objectOperand, stringOperand, undefinedBecause } from './operand.ts';
import { compareStrings, entriesOf, isArray, isSet, objectOf } from './value.ts';

const MAX_QUERY_PARAMETERS = 10_000;

function percentEncode(text: string, kept: RegExp): string {
  let escaped = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte);
    escaped += kept.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

function escapeQuery(text: string): string {
  return percentEncode(text, /[A-Za-z0-9\-_.~ ]/).replaceAll(' ', '+');
}

function escapePath(text: string): string {
  return percentEncode(text, /[A-Za-z0-9\-_.~$&+,/:;=@]/);
}

/** Undoes percent escapes; a malformed one makes the text undefined. */
function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  if (/%(?![0-9a-fA-F]{2})/.test(text)) undefinedBecause('invalid URL escape');
  const bytes = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function unescapeQuery(text: string): string {
  return percentDecode(text.replaceAll('+', ' '));
}

function encode(evaluation: BuiltinContext, value: unknown): string {
  const text = stringOperand(value, 1);
  chargeText(evaluation, 'urlquery.encode', text.length * 9);
  return escapeQuery(text);
}

function decode(evaluation: BuiltinContext, value: unknown): string {
  const text = stringOperand(value, 1);
  evaluation.charge(text.length * 4);
  return unescapeQuery(text);
}

function encodeObject(evaluation: BuiltinContext, value: unknown): string {
  const parts: string[] = [];
  let length = 0;
  const entries = entriesOf(objectOperand(value, 1)).map(([key, member]) => [keyText(key), member] as const);
  for (const [key, member] of entries.sort((a, b) => compareStrings(a[0], b[0]))) {
    const members = isArray(member) ? member : isSet(member) ? [...member] : [member];
    for (const text of members) {
      if (typeof text !== 'string') undefinedBecause('values must be string, array[string], or set[string]');
      length += (key.length + text.length) * 9;
      chargeText(evaluation, 'urlquery.encode_object', length);
      parts.push(`${escapeQuery(key)}=${escapeQuery(text)}`);
    }
  }
  return parts.join('&');
}

function keyText(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function decodeObject(evaluation: BuiltinContext, value: unknown): unknown {
  const text = stringOperand(value, 1);
  evaluation.charge(text.length * 4);
  const pairs = text.split('&');
  if (pairs.length > MAX_QUERY_PARAMETERS) undefinedBecause('number of URL query parameters exceeded limit');
  const values = new Map<string, string[]>();
  for (const pair of pairs) {
    if (pair.includes(';')) undefinedBecause('invalid semicolon separator in query');
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals));
    const member = equals < 0 ? '' : unescapeQuery(pair.slice(equals + 1));
    const known = values.get(key);
    if (known === undefined) values.set(key, [member]);
    else known.push(member);
  }
  return objectOf([...values]);
}

/** Parts of a URI; a part that it lacks is empty. */
interface Uri {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly rawPath: string;
  readonly query: string;
  readonly fragment: string;
}

function parseUri(text: string): Uri {
  const hash = text.indexOf('#');
  const whole = hash < 0 ? text : text.slice(0, hash);
  const fragment = hash < 0 ? '' : percentDecode(text.slice(hash + 1));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(whole)) undefinedBecause('invalid control character in URL');
  if (whole === '*') return { scheme: '', host: '', path: '*', rawPath: '*', query: '', fragment };
  if (whole.startsWith(':')) undefinedBecause('missing protocol scheme');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(whole)?.[1] ?? '';
  const rest = scheme === '' ? whole : whole.slice(scheme.length + 1);
  const mark = rest.indexOf('?');
  const query = mark < 0 ? '' : rest.slice(mark + 1);
  const located = locate(mark < 0 ? rest : rest.slice(0, mark), scheme.toLowerCase());
  return { scheme: scheme.toLowerCase(), query, fragment, ...located };
}

function locate(rest: string, scheme: string): { host: string; path: string; rawPath: string } {
  if (!rest.startsWith('/')) {
    // `mailto:somebody` has neither host nor path.
    if (scheme !== '') return { host: '', path: '', rawPath: '' };
    if (rest.split('/', 1)[0]?.includes(':') === true)
      undefinedBecause('first path segment in URL cannot contain colon');
  }
  let host = '';
  let path = rest;
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const slash = rest.indexOf('/', 2);
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
    path = slash < 0 ? '' : rest.slice(slash);
    host = hostOf(authority, scheme);
  }
  const unescaped = percentDecode(path);
  return { host, path: unescaped, rawPath: escapePath(unescaped) === path ? unescaped : path };
}

function hostOf(authority: string, scheme: string): string {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) undefinedBecause('invalid userinfo');
  percentDecode(user);
  const host = authority.slice(at + 1);
  const open = host.lastIndexOf('[');
  if (open > 0) undefinedBecause('invalid IP-literal');
  if (open === 0) return literalHost(host);
  const colon = scheme === 'http' || scheme === 'https' ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) undefinedBecause('invalid port after host');
  return unescapeHost(host);
}

/** `[IPv6]:port`. */
function literalHost(host: string): string {
  const close = host.lastIndexOf(']');
  if (close < 0) undefinedBecause("missing ']' in host");
  const port = host.slice(close + 1);
  if (!/^(?::\d*)?$/.test(port)) undefinedBecause('invalid port after host');
  const name = host.slice(1, close);
  const zone = name.indexOf('%25');
  const address = unescapeHost(zone < 0 ? name : name.slice(0, zone));
  if (parseAddress(address)?.bits !== 128) undefinedBecause('invalid host');
  return `[${address}${zone < 0 ? '' : percentDecode(name.slice(zone))}]${port}`;
}

/** A host keeps its ASCII: only bytes beyond it may be escaped, and what URLs reserve may not stand in it. */
function unescapeHost(host: string): string {
  if (/%(?!25)[0-7]/.test(host)) undefinedBecause('invalid URL escape in host');
  if (/[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"%\u0080-\u{10ffff}]/u.test(host))
    undefinedBecause('invalid character in host name');
  return percentDecode(host);
}

function splitHost(hostPort: string): { hostname: string; port: string } {
  const colon = hostPort.lastIndexOf(':');
  const hasPort = colon >= 0 && /^:\d*$/.test(hostPort.slice(colon));
  const host = hasPort ? hostPort.slice(0, colon) : hostPort;
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return { hostname: bare, port: hasPort ? hostPort.slice(colon + 1) : '' };
}

function parse(evaluation: BuiltinContext, value: unknown): Record<string, string> {
  const text = stringOperand(value, 1);
  chargeText(evaluation, 'uri.parse', text.length * 9);
  const uri = parseUri(text);
  const parts: Record<string, string> = {
    scheme: uri.scheme,
    ...splitHost(uri.host),
    path: uri.path,
    raw_path: uri.rawPath,
    raw_query: uri.query,
    fragment: uri.fragment,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== ''));
}

function isValid(evaluation: BuiltinContext, value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return isDefined(() => parse(evaluation, value));
}

export const URL_QUERY: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['urlquery.encode', encode],
  ['urlquery.decode', decode],
  ['urlquery.encode_object', encodeObject],
  ['urlquery.decode_object', decodeObject],
  ['uri.parse', parse],
  ['uri.is_valid', isValid],
];

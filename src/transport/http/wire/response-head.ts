/** Head of an answer as one text. What a header must not hold never gets onto the wire: it would split the answer. */
import { Failure } from '../../../core/failure.ts';
import { TOKEN } from './characters.ts';

/** Lower-case names. */
export type ResponseHeaders = Readonly<Record<string, string>>;

/** The text of a status; a client reads the number. */
const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${PHRASES[status] ?? 'Unknown'}\r\n`;
}

/**
 * Lines of headers, each checked.
 * @throws Failure `internal` for a name or value that cannot be said in ASCII
 */
export function headerLines(headers: ResponseHeaders): string {
  let lines = '';
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!isName(name) || !isValue(value)) throw new Failure('internal', 'a header of an answer cannot be said');
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function isName(name: string): boolean {
  for (let at = 0; at < name.length; at += 1) if (TOKEN[name.charCodeAt(at)] !== 1) return false;
  return name !== '';
}

function isValue(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** Lines that end every head: the date, and what becomes of the connection. */
export interface Closing {
  readonly stays: string;
  readonly closes: string;
}

/** Made anew each second, which is as exact as a date of HTTP is. */
export function createClosing(keepaliveTimeoutMs: number): () => Closing {
  const kept = keepaliveTimeoutMs > 0 ? `Keep-Alive: timeout=${Math.floor(keepaliveTimeoutMs / 1000)}\r\n` : '';
  let second = -1;
  let closing: Closing = { stays: '', closes: '' };
  return () => {
    const now = Date.now();
    const current = Math.floor(now / 1000);
    if (current !== second) {
      second = current;
      const date = `Date: ${new Date(now).toUTCString()}\r\n`;
      closing = { stays: `${date}Connection: keep-alive\r\n${kept}`, closes: `${date}Connection: close\r\n` };
    }
    return closing;
  };
}

/** The query part of a request target. */
import { Failure } from '../../core/failure.ts';

/**
 * Every value of a name, in order; `name` without `=` is the empty string.
 * @throws Failure `invalid_request` where the name's value is not UTF-8 in percent-encoding
 */
export function queryValues(query: string, name: string): readonly string[] {
  if (query === '') return [];
  const values: string[] = [];
  for (const pair of query.split('&')) {
    const mark = pair.indexOf('=');
    if ((mark < 0 ? pair : pair.slice(0, mark)) !== name) continue;
    values.push(mark < 0 ? '' : decode(name, pair.slice(mark + 1)));
  }
  return values;
}

/** A switch as OPA reads it: there without a value, or `true`. */
export function querySwitch(query: string, name: string): boolean {
  const values = queryValues(query, name);
  return (values.length === 1 && values[0] === '') || values.some((value) => value.toLowerCase() === 'true');
}

function decode(name: string, text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new Failure('invalid_request', `query parameter ${name}: is not valid percent-encoding of UTF-8`, { cause });
  }
}

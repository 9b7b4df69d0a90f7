/** Input document → JSON text, refused before it reaches the policy when the policy could not hold it. */
import { Failure } from '../core/failure.ts';

/** A lone surrogate, as JSON.stringify escapes it; behind an even number of backslashes, else it is text about one. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/**
 * @throws Failure `invalid_request` when the value has no JSON, `too_large` past `maxBytes`
 */
export function inputText(input: unknown, maxBytes: number): string {
  const json = stringify(input);
  if (json.length > maxBytes || (json.length * 3 > maxBytes && Buffer.byteLength(json) > maxBytes)) {
    throw new Failure(
      'too_large',
      `input is ${Buffer.byteLength(json)} bytes of JSON, at most ${maxBytes} are allowed`,
    );
  }
  if (json.includes('\\ud') && LONE_SURROGATE.test(json)) {
    throw new Failure('invalid_request', 'input has text that is not Unicode: half of a surrogate pair');
  }
  return json;
}

function stringify(input: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(input);
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : 'it has no JSON';
    throw new Failure('invalid_request', `input is not a JSON value: ${why}`, { cause: reason });
  }
  if (json === undefined) throw new Failure('invalid_request', `input is not a JSON value: it is a ${typeof input}`);
  return json;
}

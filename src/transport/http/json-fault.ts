/**
 * Where a text stops being JSON, and what should stand there. Run only on text that `JSON.parse` refused: its own
 * messages quote the text, and a request may hold a secret. Without recursion, so depth costs nothing.
 */
export interface JsonFault {
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  /** What should stand there. */
  readonly expected: string;
}

type State = 'value' | 'value or ]' | 'key or }' | 'key' | 'colon' | 'next' | 'end';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const WANTED: Readonly<Record<Exclude<State, 'next'>, string>> = {
  value: 'a value',
  'value or ]': 'a value or ]',
  'key or }': 'a key in double quotes or }',
  key: 'a key in double quotes',
  colon: ':',
  end: 'the end of the text',
};

/** @returns undefined when the text is JSON */
export function locateJsonFault(text: string): JsonFault | undefined {
  const open: ('[' | '{')[] = [];
  let state: State = 'value';
  let offset = 0;
  const closed = (): State => (open.length === 0 ? 'end' : 'next');

  for (;;) {
    offset = match(SPACE, text, offset) ?? offset;
    const char = text[offset];
    const inArray = open.at(-1) === '[';
    const wanted = state !== 'next' ? WANTED[state] : inArray ? ', or ]' : ', or }';
    if (char === undefined) return state === 'end' ? undefined : { offset, expected: wanted };
    switch (state) {
      case 'value or ]':
      case 'value':
        if (char === '[' || char === '{') {
          open.push(char);
          offset += 1;
          state = char === '[' ? 'value or ]' : 'key or }';
        } else if (char === ']' && state === 'value or ]') {
          open.pop();
          offset += 1;
          state = closed();
        } else {
          const end = char === '"' ? scanString(text, offset) : scanScalar(text, offset);
          if (typeof end !== 'number') return end ?? { offset, expected: wanted };
          offset = end;
          state = closed();
        }
        break;
      case 'key or }':
      case 'key':
        if (char === '}' && state === 'key or }') {
          open.pop();
          offset += 1;
          state = closed();
        } else {
          const end = char === '"' ? scanString(text, offset) : { offset, expected: wanted };
          if (typeof end !== 'number') return end;
          offset = end;
          state = 'colon';
        }
        break;
      case 'colon':
        if (char !== ':') return { offset, expected: wanted };
        offset += 1;
        state = 'value';
        break;
      case 'next':
        if (char === ',') state = inArray ? 'value' : 'key';
        else if (char === (inArray ? ']' : '}')) {
          open.pop();
          state = closed();
        } else return { offset, expected: wanted };
        offset += 1;
        break;
      case 'end':
        return { offset, expected: wanted };
    }
  }
}

const scanScalar = (text: string, offset: number): number | undefined =>
  match(NUMBER, text, offset) ?? match(LITERAL, text, offset);

function scanString(text: string, start: number): number | JsonFault {
  let offset = start + 1;
  for (;;) {
    const char = text[offset];
    if (char === undefined) return { offset, expected: 'the closing double quote of a string' };
    if (char === '"') return offset + 1;
    if (char < ' ') return { offset, expected: 'an escape instead of a control character' };
    if (char !== '\\') {
      offset += 1;
      continue;
    }
    const escaped = text[offset + 1] ?? '';
    const end = escaped === 'u' ? match(HEX4, text, offset + 2) : undefined;
    if (end === undefined && (escaped === '' || !'"\\/bfnrt'.includes(escaped))) {
      return { offset, expected: 'a JSON escape' };
    }
    offset = end ?? offset + 2;
  }
}

/** @returns the offset behind the match, or undefined where the pattern does not match at the offset */
function match(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

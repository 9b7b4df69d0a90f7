/** Whether an evaluation gave what a case wants, by the rules of OPA's own runner for compiled policy. */
import type { ConformanceCase, Verdict } from './case.ts';

/** How an evaluation ended. */
export type Ending =
  | { readonly kind: 'document'; readonly document: unknown }
  | { readonly kind: 'error'; readonly message: string };

const PASSED: Verdict = { kind: 'passed' };

/** Errors that compiled policy names in its own words. */
const CONFLICTS: readonly string[] = ['var assignment conflict', 'object insert conflict'];

export function judge(wanted: ConformanceCase, ending: Ending): Verdict {
  if (wanted.want_defined !== undefined) {
    if (ending.kind === 'error') return wrong(`wanted no error, got: ${ending.message}`);
    const defined = ending.document !== undefined;
    return defined === wanted.want_defined
      ? PASSED
      : wrong(`wanted ${wanted.want_defined ? '' : 'un'}defined, got ${show(ending.document)}`);
  }
  if (wanted.want_result !== undefined) return judgeResult(wanted, wanted.want_result, ending);
  if (wanted.want_error === undefined && wanted.want_error_code === undefined) return wrong('the case wants nothing');
  if (wanted.strict_error === true) {
    if (ending.kind === 'error') return wrong(`wanted undefined, got the error: ${ending.message}`);
    return ending.document === undefined ? PASSED : wrong(`wanted undefined, got ${show(ending.document)}`);
  }
  if (ending.kind === 'document')
    return wrong(`wanted the error ${wanted.want_error_code ?? wanted.want_error}, got ${show(ending.document)}`);
  if (wanted.want_error_code === 'eval_conflict_error' && !CONFLICTS.some((text) => ending.message.includes(text))) {
    return wrong(`wanted a conflict, got the error: ${ending.message}`);
  }
  return PASSED;
}

function judgeResult(wanted: ConformanceCase, wantedText: string, ending: Ending): Verdict {
  if (ending.kind === 'error') return wrong(`wanted ${wantedText}, got the error: ${ending.message}`);
  const bindings: unknown = JSON.parse(wantedText);
  if (!Array.isArray(bindings)) return wrong('the wanted result is no list of bindings');
  if (bindings.length === 0)
    return ending.document === undefined ? PASSED : wrong(`wanted undefined, got ${show(ending.document)}`);
  const [first] = bindings as ReadonlyArray<Record<string, unknown>>; // the compiler wrote maps
  const want = first?.[wanted.variable ?? 'x'];
  const sort = wanted.sort_bindings === true;
  return canonical(want, sort) === canonical(ending.document, sort)
    ? PASSED
    : wrong(`wanted ${show(want)}, got ${show(ending.document)}`);
}

/** JSON with sorted keys; with `sort`, the members of the outermost array in any order. */
function canonical(value: unknown, sort: boolean): string {
  if (sort && Array.isArray(value))
    return `[${value
      .map((member) => canonical(member, false))
      .sort()
      .join(',')}]`;
  if (Array.isArray(value)) return `[${value.map((member) => canonical(member, false)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort((a, b) => (a[0] < b[0] ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member, false)}`).join(',')}}`;
  }
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

function show(value: unknown): string {
  const text = value === undefined ? 'undefined' : (JSON.stringify(value) ?? 'undefined');
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function wrong(why: string): Verdict {
  return { kind: 'wrong', why };
}

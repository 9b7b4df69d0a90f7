/** The difference of two texts, line by line, as `diff -u` shows it. */

const CONTEXT_LINES = 3;

interface Step {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

/** @returns empty when the texts are equal */
export function unifiedDiff(name: string, before: string, after: string): string {
  const steps = stepsBetween(before.split('\n'), after.split('\n'));
  const hunks = hunksOf(steps);
  return hunks.length === 0 ? '' : `--- ${name}\n+++ ${name}\n${hunks.join('')}`;
}

/**
 * Walks both texts from equal lines to equal lines by their longest common subsequence. Quadratic in what is left
 * between the equal beginning and the equal end, which for formatting is little.
 */
function stepsBetween(before: readonly string[], after: readonly string[]): readonly Step[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  const same = (lines: readonly string[]): Step[] => lines.map((line) => ({ kind: ' ', line }));
  return [
    ...same(before.slice(0, start)),
    ...middleSteps(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

function middleSteps(before: readonly string[], after: readonly string[]): readonly Step[] {
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const left = before[i];
    const right = after[j];
    if (left !== undefined && left === right) {
      steps.push({ kind: ' ', line: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      steps.push({ kind: '-', line: left });
      i += 1;
    } else {
      steps.push({ kind: '+', line: right ?? '' });
      j += 1;
    }
  }
  return steps;
}

/** Groups of changes with three equal lines round them; groups that would touch are one. */
function hunksOf(steps: readonly Step[]): readonly string[] {
  const hunks: string[] = [];
  let index = 0;
  while (index < steps.length) {
    const first = steps.findIndex((step, at) => at >= index && step.kind !== ' ');
    if (first < 0) break;
    let last = first;
    for (let at = first; at < steps.length && at <= last + 2 * CONTEXT_LINES + 1; at++) {
      if (steps[at]?.kind !== ' ') last = at;
    }
    const from = Math.max(0, first - CONTEXT_LINES);
    const to = Math.min(steps.length, last + CONTEXT_LINES + 1);
    hunks.push(hunk(steps, from, to));
    index = to;
  }
  return hunks;
}

function hunk(steps: readonly Step[], from: number, to: number): string {
  const count = (upTo: readonly Step[], kind: '-' | '+'): number =>
    upTo.filter((step) => step.kind === ' ' || step.kind === kind).length;
  const earlier = steps.slice(0, from);
  const inside = steps.slice(from, to);
  const place = (kind: '-' | '+'): string => `${kind}${count(earlier, kind) + 1},${count(inside, kind)}`;
  return `@@ ${place('-')} ${place('+')} @@\n${inside.map(({ kind, line }) => `${kind}${line}\n`).join('')}`;
}

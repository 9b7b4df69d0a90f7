/** The table of `docs/faults.md`, as the suite holds it. */
import { type Asked, type Charged, FAULTS, type Fault, type Seen } from './faults.ts';

export function faultTable(): string {
  return [
    '| a vendor that … | asked for | its attempt ends as | the client sees, where nobody else is in the route | that attempt is charged | with a healthy second target |',
    '| --- | --- | --- | --- | --- | --- |',
    ...FAULTS.map((fault) => `| ${cells(fault).join(' | ')} |`),
  ].join('\n');
}

const cells = (fault: Fault): readonly string[] => [
  fault.name,
  askedText(fault.asked),
  `\`${fault.outcome}\``,
  seenText(fault.alone),
  chargedText(fault),
  fault.movesOn ? 'its answer, 2 attempts' : 'the same, 1 attempt',
];

const askedText = (asked: readonly Asked[]): string => (asked.length === 2 ? 'either' : asked.join(''));

function seenText(seen: Seen): string {
  switch (seen.kind) {
    case 'error':
      return `${seen.status} \`${seen.code}\`${seen.retryAfterS === undefined ? '' : `, \`retry-after: ${seen.retryAfterS}\``}`;
    case 'cut':
      return `what came, then an error event \`${seen.code}\``;
    case 'answer':
      return '200, the answer as it is';
  }
}

const CHARGED: Readonly<Record<Charged, string>> = {
  nothing: 'nothing',
  exact: "the vendor's count",
  estimated: 'an estimate',
  unknown: 'unknown',
};

function chargedText({ charged, chargedByAnthropic }: Fault): string {
  if (chargedByAnthropic === undefined) return CHARGED[charged];
  return `${CHARGED[charged]}; of Anthropic's, ${CHARGED[chargedByAnthropic]}`;
}

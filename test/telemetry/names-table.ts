/** The tables of `docs/telemetry.md`, as the names in the code have them. */
import { ATTRIBUTE, type AttributeName } from '../../src/telemetry/attributes.ts';
import { METRIC, type MetricName } from '../../src/telemetry/metric-names.ts';

const ROLES = ['server', 'decide', 'attempt'] as const;

export function attributeTable(): string {
  const names: readonly AttributeName[] = Object.values(ATTRIBUTE);
  const rows = names.map(({ name, unit, on, meaning }) => {
    const marks = ROLES.map((role) => (on.includes(role) ? '•' : ''));
    return `| ${[`\`${name}\``, unit, ...marks, meaning].join(' | ')} |`;
  });
  return [
    '| attribute | unit | server | decide | attempt | meaning |',
    '| --- | --- | :-: | :-: | :-: | --- |',
    ...rows,
  ].join('\n');
}

export function metricTable(): string {
  const names: readonly MetricName[] = Object.values(METRIC);
  const rows = names.map(({ name, kind, unit, labels, meaning }) => {
    const listed = labels.map((label) => `\`${label}\``).join(' ');
    return `| ${[`\`${name}\``, kind, unit, listed, meaning].join(' | ')} |`;
  });
  return ['| metric | kind | unit | labels | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

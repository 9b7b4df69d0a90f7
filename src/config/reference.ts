/** The options written out, from the one table: as a page for people, and as the configuration in force. */
import { type Document, isMap, isScalar, parseDocument, stringify } from 'yaml';
import type { LoadedConfig } from './load.ts';
import { type Option, type Section, spelled, variableOf } from './option.ts';
import { SCHEMA } from './schema.ts';

/** Markdown of `docs/configuration.md`. */
export function renderReference(): string {
  const lines = [
    '# Configuration',
    '',
    '<!-- Written by `npm run docs` from src/config/schema.ts. -->',
    '',
    'One file, `turnpike.yaml`, in the working folder or named by `--config FILE`. Every option has a default but who may',
    'ask. An option in a list aside, each can be overridden by a variable; `OTEL_*` variables win over `telemetry`. Faults',
    'are told all at once, each with its row and column: `npx turnpike config check`. What is in force, and who said it:',
    '`npx turnpike config print`.',
    '',
  ];
  lines.push('## The server', '');
  renderLeaves(SCHEMA, [], lines, true);
  renderNested(SCHEMA, [], lines, true);
  return lines.join('\n');
}

function renderSection(section: Section, path: readonly string[], lines: string[], variables: boolean): void {
  lines.push(`## \`${path.join('.')}\``, '', section.doc, '');
  renderLeaves(section, path, lines, variables);
  renderNested(section, path, lines, variables);
}

function renderNested(section: Section, path: readonly string[], lines: string[], variables: boolean): void {
  for (const [name, option] of Object.entries(section.options)) {
    if (option.kind === 'section') renderSection(option, [...path, spelled(name)], lines, variables);
    // An items option holds a section whose names its type forgot.
    if (option.kind === 'items') {
      renderSection(option.item as unknown as Section, [...path, `${spelled(name)}[]`], lines, false);
    }
  }
}

function renderLeaves(section: Section, path: readonly string[], lines: string[], variables: boolean): void {
  const leaves = Object.entries(section.options).filter(([, option]) => option.kind !== 'section');
  if (leaves.length === 0) return;
  lines.push('| option | value | default | what it does |', '|---|---|---|---|');
  for (const [name, option] of leaves) lines.push(row([...path, spelled(name)], option, variables));
  lines.push('');
}

function row(path: readonly string[], option: Option, variables: boolean): string {
  const variable = variables && option.kind !== 'items' ? `<br>\`${variableOf(path)}\`` : '';
  const cells = [
    `\`${path.at(-1)}\``,
    bounds(option),
    standard(option),
    `${option.kind === 'section' ? '' : option.doc}${variable}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function bounds(option: Option): string {
  switch (option.kind) {
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
      return `${option.min} to ${option.max}${option.unit === undefined ? '' : ` ${option.unit}`}`;
    case 'text':
      return option.pattern === undefined ? 'text' : option.pattern.says;
    case 'path':
      return 'path';
    case 'choice':
      return option.of.map((one) => `\`${one}\``).join(', ');
    case 'texts':
      return `list of at most ${option.maxItems} texts`;
    case 'items':
      return `list of at most ${option.maxItems}, see below`;
    case 'section':
      return '';
  }
}

function standard(option: Option): string {
  if ('required' in option && option.required === true) return 'required';
  if (!('default' in option) || option.default === undefined) return '';
  return `\`${JSON.stringify(option.default)}\``;
}

/** The configuration in force as YAML: it loads again as the same one, and says of every option who said it. */
export function renderInForce(loaded: LoadedConfig): string {
  const document = parseDocument(stringify(asFile(SCHEMA, loaded.config)));
  annotate(document, loaded.places);
  return String(document);
}

/** The configuration as a file would say it. Hashes of keys are withheld. */
export function asFile(section: Section, values: object): Record<string, unknown> {
  const known: Readonly<Record<string, unknown>> = { ...values };
  const file: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(section.options)) {
    const value = known[name];
    if (value !== undefined) file[spelled(name)] = asFileValue(option, value);
  }
  return file;
}

function asFileValue(option: Option, value: unknown): unknown {
  if (option.kind === 'section' && typeof value === 'object' && value !== null) return asFile(option, value);
  if (option.kind === 'text' && option.secret === true) return '(withheld)';
  if (option.kind !== 'items' || !Array.isArray(value)) return value;
  // An items option holds a section whose names its type forgot.
  return value.map((item: object) => asFile(option.item as unknown as Section, item));
}

function annotate(document: Document, places: ReadonlyMap<string, string>, path: readonly string[] = []): void {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(node)) {
    for (const { key } of node.items) annotate(document, places, [...path, isScalar(key) ? String(key.value) : '']);
    return;
  }
  if (isScalar(node)) node.comment = ` ${places.get(path.join('.')) ?? 'default'}`;
}

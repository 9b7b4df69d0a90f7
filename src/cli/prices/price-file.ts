/** The file of price cards: read with every card looked at, and written so that whatever stands in it stays as it is. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Document, isCollection, isMap, isNode, isScalar, isSeq, parseDocument, Scalar, type YAMLMap } from 'yaml';
import { Failure } from '../../core/failure.ts';
import type { PriceCard } from '../../core/price-card.ts';
import { readCard } from '../../policy/prices.ts';
import { isRecord } from './catalogue.ts';
import type { SourcedCard } from './plan.ts';

const MAX_BYTES = 16 * 1024 ** 2;

export interface PriceFile {
  readonly cards: ReadonlyMap<string, readonly PriceCard[]>;
  /** The text of the file with more cards, each behind those that begin before it. */
  with(added: readonly { readonly target: string; readonly card: SourcedCard }[]): string;
}

/** @throws Failure `not_found`, or `config_invalid` that names the place */
export async function readPriceFile(path: string): Promise<PriceFile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Failure('config_invalid', `${path}: cannot be read`, { cause });
  });
  if (text.length > MAX_BYTES) throw new Failure('config_invalid', `${path}: is larger than 16 MiB`);
  return parsePriceFile(path, text);
}

export function parsePriceFile(path: string, text: string): PriceFile {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Failure('config_invalid', `${path}: ${error.message.split('\n')[0] ?? ''}`);
  const prices: unknown = isRecord(document.toJS()) ? document.toJS()['prices'] : undefined;
  if (!isRecord(prices)) throw new Failure('config_invalid', `${path}: has no prices`);
  const cards = new Map<string, readonly PriceCard[]>();
  for (const [target, list] of Object.entries(prices)) {
    if (list !== null && !Array.isArray(list)) {
      throw new Failure('config_invalid', `${path}: prices["${target}"]: must be an array of cards`);
    }
    const read = (list ?? []).map((card: unknown, index) => readDatedCard(`prices["${target}"][${index}]`, card));
    cards.set(target, read);
  }
  return {
    cards,
    with(added) {
      const ended = text.endsWith('\n') ? text : `${text}\n`;
      return added.reduce((grown, { target, card }) => inserted(grown, target, card), ended);
    },
  };
}

function readDatedCard(at: string, untrusted: unknown): PriceCard {
  const card = readCard(at, untrusted);
  if (!Number.isNaN(Date.parse(card.effective_from))) return card;
  throw new Failure('config_invalid', `${at}.effective_from: must be an RFC 3339 date`);
}

/** By text, not by printing the document again: a file that people wrote is theirs to the last blank. */
function inserted(text: string, target: string, card: SourcedCard): string {
  const document = parseDocument(text);
  const list = document.getIn(['prices', target]);
  const items = isSeq(list) && list.flow !== true ? list.items.filter((item) => isMap(item)) : [];
  const [first] = items;
  if (first === undefined) {
    document.setIn(['prices', target], document.createNode([card]));
    return document.toString({ lineWidth: 0, flowCollectionPadding: false });
  }
  const startMs = Date.parse(card.effective_from);
  const behind = items.find((item) => Date.parse(String(item.get('effective_from'))) > startMs);
  const at =
    behind === undefined ? endOfLine(text, lastCharOf(items.at(-1) ?? first)) : lineStart(text, startOf(behind));
  const indent = ' '.repeat(startOf(first) - lineStart(text, startOf(first)) - DASH.length);
  return `${text.slice(0, at)}${block(card, indent)}${text.slice(at)}`;
}

const DASH = '- ';

/** The card as an item of a list, dates in quotes: other readers of YAML would take them for something else than text. */
function block(card: SourcedCard, indent: string): string {
  const document = new Document([card]);
  for (const field of ['effective_from', 'source']) {
    const text = document.getIn([0, field], true);
    if (isScalar(text)) text.type = Scalar.QUOTE_DOUBLE;
  }
  return document.toString({ lineWidth: 0 }).replace(/^(?=.)/gm, indent);
}

const startOf = (node: YAMLMap): number => node.range?.[0] ?? 0;
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** Of the last value in it: comments and blank lines behind are what comes next. */
function lastCharOf(node: YAMLMap): number {
  let last: unknown = node;
  for (;;) {
    const inner: unknown = isMap(last) ? last.items.at(-1)?.value : isSeq(last) ? last.items.at(-1) : undefined;
    if (inner === undefined || inner === null || (isCollection(last) && last.flow === true)) break;
    last = inner;
  }
  return isNode(last) ? (last.range?.[1] ?? startOf(node)) - 1 : startOf(node);
}

/** Written beside and renamed: who reads the file never sees half of it. */
export async function writePriceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

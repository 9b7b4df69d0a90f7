/** What a catalogue would change, card by card. A card that is there is never touched: a new price is a new dated card. */
import { PRICE_FIELDS, type PriceCard, type PriceList, type PriceStep } from '../../core/price-card.ts';
import type { CatalogueEntry, CatalogueModel, CataloguePrices } from './catalogue.ts';
import { listOf } from './catalogue-list.ts';

/** A card, with where it comes from as an annotation for whoever reads the file. */
export interface SourcedCard extends PriceCard {
  readonly source: string;
}

export interface FieldChange {
  /** As in a card, without `_pico_usd`; of a step `above N input_tokens: …`. */
  readonly field: string;
  /** Pico-USD; undefined: not said. */
  readonly before: number | boolean | undefined;
  readonly after: number | boolean | undefined;
}

export type Finding =
  | { readonly kind: 'same'; readonly target: string }
  | {
      readonly kind: 'changed';
      readonly target: string;
      readonly card: SourcedCard;
      /** Id of the card that it follows. */
      readonly follows: string | undefined;
      readonly fields: readonly FieldChange[];
      /** What the catalogue does not know and the new card keeps. */
      readonly carried: readonly string[];
    }
  /** A card of the very day says otherwise: that is for somebody to decide. */
  | {
      readonly kind: 'conflict';
      readonly target: string;
      readonly card: string;
      readonly fields: readonly FieldChange[];
    }
  | { readonly kind: 'unknown'; readonly target: string; readonly why: string };

export interface Plan {
  readonly findings: readonly Finding[];
  /** Prices of the catalogue that a card has no word for. */
  readonly left: readonly string[];
}

const DAY_MS = 86_400_000;
/** Days to look ahead for one without a card: more than anybody writes day by day. */
const MAX_DAYS = 400;

/**
 * @param cards of the target, as they stand
 * @param today `YYYY-MM-DD`, UTC
 * @param source told in new cards
 */
export function planTarget(
  target: string,
  cards: readonly PriceCard[],
  model: CatalogueModel,
  today: string,
  source: string,
): Plan {
  if (model.kind === 'odd') return unknown(target, model.why);
  const findings: Finding[] = [];
  const left = new Set<string>();
  let standing = cards;
  for (const next of upcoming(model.entries, today)) {
    const read = listOf(next.prices);
    if (read.kind === 'odd') return unknown(target, read.why);
    for (const name of read.left) left.add(name);
    const finding = compare(target, standing, read.list, next, source);
    if (finding === undefined) continue;
    findings.push(finding);
    if (finding.kind === 'changed') standing = [...standing, finding.card];
  }
  return { findings: findings.length === 0 ? [{ kind: 'same', target }] : findings, left: [...left] };
}

const unknown = (target: string, why: string): Plan => ({ findings: [{ kind: 'unknown', target, why }], left: [] });

/** Prices by the day from which they are to hold; those that already hold, from today. */
function upcoming(entries: readonly CatalogueEntry[], today: string): readonly Upcoming[] {
  const now = entries.findLast(({ from }) => from === undefined || from <= today);
  const later = entries.flatMap(({ from, prices }) =>
    from === undefined || from <= today ? [] : [{ day: from, movable: false, prices }],
  );
  return now === undefined ? later : [{ day: today, movable: true, prices: now.prices }, ...later];
}

interface Upcoming {
  readonly day: string;
  /** A price that holds already may begin with the next day that has no card. */
  readonly movable: boolean;
  readonly prices: CataloguePrices;
}

function compare(
  target: string,
  cards: readonly PriceCard[],
  list: PriceList,
  { day: wanted, movable }: Upcoming,
  source: string,
): Finding | undefined {
  // Cards that all begin later are meant to: the target is not to be used before.
  const first = cards.toSorted((a, b) => startOf(a) - startOf(b))[0];
  const notYet = first !== undefined && startOf(first) > endOf(wanted);
  let day = notYet ? dayOf(startOf(first)) : wanted;
  for (let tries = 0; tries < MAX_DAYS; tries += 1) {
    const before = cardOn(cards, day);
    const fields = changes(before, list);
    if (fields.length === 0) return undefined;
    if (before === undefined || dayOf(startOf(before)) !== day)
      return changed(target, day, before, list, fields, source);
    if (!movable || notYet) return { kind: 'conflict', target, card: before.id, fields };
    day = dayOf(Date.parse(day) + DAY_MS);
  }
  return undefined;
}

function changed(
  target: string,
  day: string,
  before: PriceCard | undefined,
  list: PriceList,
  fields: readonly FieldChange[],
  source: string,
): Finding {
  const kept = before === undefined ? {} : carriedOver(before, list);
  const card = { id: `${target}@${day}`, effective_from: day, ...list, ...kept, source };
  return { kind: 'changed', target, card, follows: before?.id, fields, carried: Object.keys(kept) };
}

/** Tiers, hours, and prices that the catalogue does not tell. Steps are the catalogue's whole. */
function carriedOver({ tiers, hours, ...before }: PriceCard, list: PriceList): Partial<PriceCard> {
  const kept = PRICE_FIELDS.flatMap((field): [string, number][] => {
    const price = before[field];
    return price === undefined || list[field] !== undefined ? [] : [[field, price]];
  });
  return {
    ...Object.fromEntries(kept),
    ...(tiers === undefined ? {} : { tiers }),
    ...(hours === undefined ? {} : { hours }),
  };
}

/** What the catalogue says and the card does not, or says otherwise. */
function changes(card: PriceCard | undefined, list: PriceList): readonly FieldChange[] {
  const found = fieldChanges('', card ?? {}, list);
  const starts = new Set([...(card?.above ?? []), ...(list.above ?? [])].map((step) => step.above_input_tokens));
  const steps = [...starts]
    .toSorted((a, b) => a - b)
    .flatMap((start) => {
      const before = stepAt(card, start);
      const after = stepAt(list, start);
      const prefix = `above ${start} input tokens: `;
      return after === undefined ? fieldChanges(prefix, {}, {}, before) : fieldChanges(prefix, before ?? {}, after);
    });
  const complete = (card?.complete ?? false) === (list.complete ?? false) ? [] : [COMPLETED];
  return [...found, ...steps, ...complete];
}

const COMPLETED: FieldChange = { field: 'complete', before: false, after: true };

const stepAt = (list: PriceList | undefined, start: number): PriceStep | undefined =>
  list?.above?.find((step) => step.above_input_tokens === start);

/** @param gone prices that are to go */
function fieldChanges(
  prefix: string,
  before: Partial<PriceStep>,
  after: Partial<PriceStep>,
  gone: Partial<PriceStep> = {},
): readonly FieldChange[] {
  return PRICE_FIELDS.flatMap((name): FieldChange[] => {
    const field = `${prefix}${name.replace('_pico_usd', '')}`;
    if (gone[name] !== undefined) return [{ field, before: gone[name], after: undefined }];
    const price = after[name];
    return price === undefined || price === before[name] ? [] : [{ field, before: before[name], after: price }];
  });
}

const cardOn = (cards: readonly PriceCard[], day: string): PriceCard | undefined =>
  cards.toSorted((a, b) => startOf(a) - startOf(b)).findLast((card) => startOf(card) <= endOf(day));

const startOf = (card: PriceCard): number => Date.parse(card.effective_from);
const endOf = (day: string): number => Date.parse(day) + DAY_MS - 1;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Checks one value against its option; the same rules whether a file or a variable says it. */
import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BooleanOption, ChoiceOption, IntegerOption, PathOption, TextOption, TextsOption } from './option.ts';
import { didYouMean } from './suggest.ts';

export type Leaf = BooleanOption | IntegerOption | TextOption | PathOption | ChoiceOption | TextsOption;

export type Checked =
  | { readonly kind: 'fits'; readonly value: unknown }
  | { readonly kind: 'misfit'; readonly message: string };

/** @param baseFolder what a relative path is relative to */
export function checkValue(option: Leaf, value: unknown, baseFolder: string): Checked {
  switch (option.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? fits(value) : misfit('must be true or false', value);
    case 'integer':
      return checkInteger(option, value);
    case 'text':
      return checkText(option, value);
    case 'path':
      return checkPath(option, value, baseFolder);
    case 'choice':
      if (typeof value === 'string' && option.of.includes(value)) return fits(value);
      return misfit(`must be ${option.of.map((one) => `"${one}"`).join(' or ')}${hint(option.of, value)}`, value);
    case 'texts':
      return checkTexts(option, value);
  }
}

/** What a variable says, as the value that a file would have had. */
export function parseVariable(option: Leaf, text: string): unknown {
  switch (option.kind) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'texts':
      return text === '' ? [] : text.split(',').map((part) => part.trim());
    case 'text':
    case 'path':
    case 'choice':
      return text;
  }
}

function checkInteger(option: IntegerOption, value: unknown): Checked {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return misfit('must be a whole number', value);
  if (value >= option.min && value <= option.max) return fits(value);
  return misfit(`must be between ${option.min} and ${option.max}`, value);
}

function checkText(option: TextOption, value: unknown): Checked {
  const isQuoted = option.secret !== true && option.unquoted !== true;
  if (typeof value !== 'string') {
    const rule = 'must be text (in quotes, if it looks like a number)';
    return isQuoted ? misfit(rule, value) : { kind: 'misfit', message: rule };
  }
  if (value === '') return misfit('must not be empty', value);
  const maxLength = option.maxLength ?? 1024;
  if (value.length > maxLength) {
    return { kind: 'misfit', message: `must have at most ${maxLength} characters (actual: ${value.length})` };
  }
  if (option.pattern === undefined || option.pattern.regex.test(value)) return fits(value);
  const says = `must be ${option.pattern.says}`;
  return isQuoted ? misfit(says, value) : { kind: 'misfit', message: says };
}

function checkPath(option: PathOption, value: unknown, baseFolder: string): Checked {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) return misfit('must be a path', value);
  const path = resolve(baseFolder, value);
  if (option.exists === true && !isReadableFile(path)) return misfit('must be a file that can be read', value);
  return fits(path);
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function checkTexts(option: TextsOption, value: unknown): Checked {
  if (!Array.isArray(value)) return misfit('must be a list of texts', value);
  if (value.length > option.maxItems) {
    return { kind: 'misfit', message: `must have at most ${option.maxItems} entries (actual: ${value.length})` };
  }
  const stranger = value.findIndex((one: unknown) => typeof one !== 'string' || one === '' || one.length > 256);
  if (stranger < 0) return fits(Object.freeze([...value]));
  return misfit(`entry ${stranger + 1} must be text of 1 to 256 characters`, value[stranger]);
}

const fits = (value: unknown): Checked => ({ kind: 'fits', value });

function misfit(rule: string, value: unknown): Checked {
  return { kind: 'misfit', message: `${rule} (actual: ${shown(value)})` };
}

function hint(known: readonly string[], value: unknown): string {
  return typeof value === 'string' ? didYouMean(value, known).replace(/\?$/, '') : '';
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/**
 * Owns the way from a file and the environment to a whole, checked, frozen configuration. May import core. It fails
 * closed and tells every fault at once: an option unknown, said twice, of a wrong type or out of bounds stops the start.
 */
import { dirname, relative, resolve } from 'node:path';
import type { Config } from './config.ts';
import { Faults } from './faults.ts';
import { keysIn } from './keys-file.ts';
import { type Section, spelled, variableOf } from './option.ts';
import { type Reading, readDocument, readingOf, readText, type Variables } from './read.ts';
import { RULES } from './rules.ts';
import { SCHEMA } from './schema.ts';
import { didYouMean } from './suggest.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Where each option that somebody said was said, by dotted path; the others have their default. */
  readonly places: ReadonlyMap<string, string>;
}

export interface ConfigSource {
  /** The file, absolute or relative to `cwd`; absent: only variables and defaults count. */
  readonly file?: string;
  readonly variables: Variables;
  readonly cwd: string;
}

/** @throws Failure `config_invalid` with every fault, each with its place */
export function loadConfig(source: ConfigSource): LoadedConfig {
  const path = source.file === undefined ? undefined : resolve(source.cwd, source.file);
  const file = path === undefined ? 'defaults' : shortest(source.cwd, path);
  const faults = new Faults();
  const reading: Reading = {
    file,
    fileFolder: path === undefined ? source.cwd : dirname(path),
    variables: source.variables,
    variableFolder: source.cwd,
    faults,
    places: new Map(),
  };
  const text = path === undefined ? undefined : readText(path, reading);
  if (path === undefined || text !== undefined) checkVariables(reading);
  // The schema is held to the type of Config where it is written.
  const said = readDocument(SCHEMA, text, reading) as unknown as Config;
  // What is no YAML or cannot be read has no options that rules could speak of.
  if (said.identity === undefined || (path !== undefined && text === undefined)) faults.throwAny(file);
  const whole = withKeysFile(said, reading, source.cwd);
  for (const rule of RULES) {
    if (rule.reads.some((option) => faults.touches(option))) continue;
    for (const { path: option, message } of rule.check(whole)) faults.add(place(reading, option), option, message);
  }
  faults.throwAny(file);
  return { config: said, places: reading.places };
}

/**
 * As rules look at it: with the keys of the file that `identity.keys_file` names. Those change while a server runs, so
 * they are no part of the configuration: who needs them reads them (`everyKey`).
 */
function withKeysFile(config: Config, reading: Reading, cwd: string): Config {
  const path = config.identity.keysFile;
  if (path === undefined) return config;
  const inner = { ...readingOf(reading, shortest(cwd, path), path), places: new Map<string, string>() };
  const faultsBefore = reading.faults.count;
  const found = keysIn(inner, path);
  if (reading.faults.count > faultsBefore) reading.faults.mark('identity.keys');
  return { ...config, identity: { ...config.identity, keys: [...config.identity.keys, ...found] } };
}

/** A variable that looks like one of ours and is none would be ignored in silence. */
function checkVariables(reading: Reading): void {
  const known = variableNames(SCHEMA, []);
  const sections = Object.keys(SCHEMA.options).map((name) => `${variableOf([spelled(name)])}_`);
  for (const [name, value] of Object.entries(reading.variables)) {
    if (value === undefined || known.includes(name)) continue;
    if (!sections.some((section) => name.startsWith(section))) continue;
    reading.faults.add(name, '', `overrides no option${didYouMean(name, known)}`);
  }
}

function variableNames(section: Section, path: readonly string[]): readonly string[] {
  return Object.entries(section.options).flatMap(([name, option]) => {
    const own = [...path, spelled(name)];
    if (option.kind === 'section') return variableNames(option, own);
    return option.kind === 'items' ? [] : [variableOf(own)];
  });
}

/** The place of an option, or of the nearest group round it that was said. */
function place(reading: Reading, option: string): string {
  for (let path = option; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const at = reading.places.get(path);
    if (at !== undefined) return at;
  }
  return reading.file;
}

function shortest(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || short === '' ? path : short;
}

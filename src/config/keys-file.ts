/** The file that `identity.keys_file` names, read by itself: while a server runs, keys are made and taken back in it. */
import { dirname } from 'node:path';
import type { IdentityConfig, KeyConfig } from './config.ts';
import { Faults } from './faults.ts';
import { KEYS_FILE } from './identity-options.ts';
import type { Section } from './option.ts';
import { type Reading, readDocument, readText } from './read.ts';

/** @throws Failure `config_invalid` with every fault of the file */
export function readKeysFile(path: string): readonly KeyConfig[] {
  const faults = new Faults();
  const keys = keysIn({
    file: path,
    fileFolder: dirname(path),
    variables: {},
    variableFolder: dirname(path),
    faults,
    places: new Map(),
  });
  faults.throwAny(path);
  return keys;
}

/** Those of the configuration and of its file of keys, as it is now. @throws Failure `config_invalid` */
export const everyKey = ({ keys, keysFile }: Pick<IdentityConfig, 'keys' | 'keysFile'>): readonly KeyConfig[] =>
  keysFile === undefined ? keys : [...keys, ...readKeysFile(keysFile)];

/** @param reading its file is the file of keys; faults are told there */
export function keysIn(reading: Reading, path: string = reading.file): readonly KeyConfig[] {
  const text = readText(path, reading);
  // An items option holds a section whose names its type forgot, as the schema does.
  const said = text === undefined ? {} : readDocument(KEYS_FILE as unknown as Section, text, reading);
  return (said['keys'] ?? []) as readonly KeyConfig[]; // held to its type where the schema is written
}

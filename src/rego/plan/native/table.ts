/** Every builtin that plans have without a host: those that OPA's WebAssembly answers by itself. */
import { ARITHMETIC } from './arithmetic.ts';
import { BITS } from './bits.ts';
import { COLLECTIONS } from './collections.ts';
import { ENCODING } from './encoding.ts';
import { GRAPHS } from './graph.ts';
import { JSON_PATHS } from './json-paths.ts';
import type { Native } from './native.ts';
import { OBJECTS } from './objects.ts';
import { SETS } from './sets.ts';
import { TEXT } from './text.ts';
import { TYPES } from './types.ts';

export const NATIVES: ReadonlyMap<string, Native> = new Map([
  ...ARITHMETIC,
  ...BITS,
  ...COLLECTIONS,
  ...ENCODING,
  ...GRAPHS,
  ...JSON_PATHS,
  ...OBJECTS,
  ...SETS,
  ...TEXT,
  ...TYPES,
]);

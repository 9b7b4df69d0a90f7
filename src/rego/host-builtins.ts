/** Calls of a policy into the host: operands read from its memory, the builtin run, the result put back. */
import { Failure } from '../core/failure.ts';
import type { Address, PolicyExports } from './abi.ts';
import type { HostBuiltin } from './builtin.ts';
import { REFUSED_BUILTINS } from './builtins/table.ts';
import { createEvaluation, type Evaluation } from './evaluation.ts';
import type { Bounds } from './options.ts';
import { regoText } from './rego-text.ts';
import type { TextMemory } from './text-memory.ts';
import type { ValueReader } from './value-reader.ts';

/** What is known only once the module has its instance. */
export interface Connection {
  readonly exports: PolicyExports;
  readonly text: TextMemory;
  readonly reader: ValueReader;
  /** Builtins that the policy calls, by name. */
  readonly names: ReadonlyMap<string, number>;
}

export interface HostBuiltins {
  readonly imports: WebAssembly.ModuleImports;
  /** @throws Failure `builtin_missing` naming every builtin that the policy calls and the host lacks */
  connect(connection: Connection): void;
  begin(input: unknown): void;
}

/** Fuel per value that is read or byte that is written: what the host does in about a nanosecond. */
const FUEL_PER_VALUE = 20;

export function createHostBuiltins(bounds: Bounds): HostBuiltins {
  let connection: Connection | undefined;
  let evaluation: Evaluation | undefined;
  const byId = new Map<number, { readonly name: string; readonly run: HostBuiltin }>();

  function call(id: number, ...operands: Address[]): Address {
    const builtin = byId.get(id);
    if (connection === undefined || evaluation === undefined || builtin === undefined) {
      throw new Failure('internal', `policy called builtin ${id} before it was loaded`);
    }
    const { exports, text, reader } = connection;
    const values = operands.map((operand) => reader.operand(operand));
    evaluation.charge(reader.takeCount() * FUEL_PER_VALUE);
    const result = run(builtin, evaluation, values);
    const written = result === undefined ? undefined : regoText(result);
    if (written === undefined) return 0;
    const sizeBytes = Buffer.byteLength(written);
    evaluation.charge(sizeBytes);
    const at = exports.opa_malloc(sizeBytes);
    text.write(written, at);
    const value = exports.opa_value_parse(at, sizeBytes);
    exports.opa_free(at);
    if (value === 0) throw new Failure('internal', `builtin ${builtin.name} gave what is not a value`);
    return value;
  }

  return {
    imports: {
      opa_builtin0: (id: number) => call(id),
      opa_builtin1: (id: number, _context: Address, a: Address) => call(id, a),
      opa_builtin2: (id: number, _context: Address, a: Address, b: Address) => call(id, a, b),
      opa_builtin3: (id: number, _context: Address, a: Address, b: Address, c: Address) => call(id, a, b, c),
      opa_builtin4: (id: number, _context: Address, a: Address, b: Address, c: Address, d: Address) =>
        call(id, a, b, c, d),
    },
    connect(made) {
      checkBuiltins(made.names.keys(), (name) => bounds.builtins.has(name));
      for (const [name, id] of made.names) {
        const run = bounds.builtins.get(name);
        if (run !== undefined) byId.set(id, { name, run });
      }
      connection = made;
      if (byId.size > 0) evaluation = createEvaluation(made.exports.fuel, bounds);
    },
    begin(input) {
      evaluation?.begin(input);
    },
  };
}

function run(
  builtin: { readonly name: string; readonly run: HostBuiltin },
  evaluation: Evaluation,
  operands: unknown[],
): unknown {
  try {
    return builtin.run(evaluation, ...operands);
  } catch (reason) {
    if (reason instanceof Failure) throw reason;
    throw new Failure('evaluation_failed', `builtin ${builtin.name} failed`, { cause: reason });
  }
}

/** @throws Failure `builtin_missing` naming every one, with the reason where it is left out on purpose */
export function checkBuiltins(called: Iterable<string>, has: (name: string) => boolean): void {
  const missing = [...called].filter((name) => !has(name)).sort();
  if (missing.length === 0) return;
  const faults = missing.map((name) => ({
    at: name,
    message: REFUSED_BUILTINS.get(name) ?? 'this evaluator does not have it',
  }));
  const named = faults.map(({ at, message }) => `${at} (${message})`).join(', ');
  throw new Failure('builtin_missing', `policy calls what this evaluator does not lend it: ${named}`, { faults });
}

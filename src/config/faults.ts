/** Collects every fault of a configuration, each with its place, and remembers where each option was said. */
import { Failure, type Fault } from '../core/failure.ts';

/** Faults shown at most; a file that has more is not a configuration. */
const MAX_FAULTS = 50;

export class Faults {
  readonly #faults: Fault[] = [];
  readonly #paths = new Set<string>();

  /** @param path option as files spell it, with dots; empty for the file itself */
  add(at: string, path: string, message: string): void {
    this.#paths.add(path);
    if (this.#faults.length < MAX_FAULTS) {
      this.#faults.push({ at, message: path === '' ? message : `${path}: ${message}` });
    }
  }

  /** Counts an option as faulty where the fault itself is told of something else, such as another file. */
  mark(path: string): void {
    this.#paths.add(path);
  }

  get count(): number {
    return this.#faults.length;
  }

  /** Whether an option, a part of it or what it is part of was found faulty. */
  touches(path: string): boolean {
    for (const faulty of this.#paths) {
      if (faulty === path || faulty.startsWith(`${path}.`) || path.startsWith(`${faulty}.`)) return true;
    }
    return false;
  }

  /** @throws Failure `config_invalid` with all of them, when there are any */
  throwAny(file: string): void {
    const [first] = this.#faults;
    if (first === undefined) return;
    const message =
      this.#faults.length === 1 ? `${first.at}: ${first.message}` : `${file}: ${this.#faults.length} faults`;
    throw new Failure('config_invalid', message, { faults: [...this.#faults] });
  }
}

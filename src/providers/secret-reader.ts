/** Reads a credential anew, wherever it is kept. */
export interface SecretReader {
  /** @throws Failure `unavailable` that says why, and nothing of what was read */
  read(): Promise<string>;
  /** Milliseconds after which it is read again, while the one before is still used. */
  readonly freshMs: number;
}

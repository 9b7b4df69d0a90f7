/** One finding about one source file. Row and column count from 1; 0 where the place is not known. */
export interface Diagnostic {
  /** Path relative to the policy folder; empty when the finding is about the whole. */
  readonly file: string;
  readonly row: number;
  readonly col: number;
  /** Such as `rego_type_error`, `builtin_missing`, `data_conflict`. */
  readonly code: string;
  readonly message: string;
  /** Text of the source line. */
  readonly line: string;
}

/** `file:row:col`, or what of it is known. */
export function placeOf(diagnostic: Diagnostic): string {
  const { file, row, col } = diagnostic;
  if (row === 0) return file;
  return col === 0 ? `${file}:${row}` : `${file}:${row}:${col}`;
}

/** Money as headers say it, the same for every transport. */
const NANO = 1_000_000_000n;

/** Exact decimal US dollars: `1234n` is `0.000001234`. */
export function usdOf(nano: bigint): string {
  const sign = nano < 0n ? '-' : '';
  const size = nano < 0n ? -nano : nano;
  const fraction = (size % NANO).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${size / NANO}${fraction === '' ? '' : `.${fraction}`}`;
}

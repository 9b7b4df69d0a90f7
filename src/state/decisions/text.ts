/** A held decision as a text, for other processes of the same version: amounts are texts of decimal digits. */
import type { Account } from '../../core/account.ts';
import type { HeldDecision } from '../../flows/held-decisions.ts';

export const heldText = (held: HeldDecision): string =>
  JSON.stringify({
    ...held,
    boundNano: String(held.boundNano),
    accounts: held.accounts.map(({ limitNano, ceilingNano, ...account }) => ({
      ...account,
      limitNano: String(limitNano),
      ...(ceilingNano === undefined ? undefined : { ceilingNano: String(ceilingNano) }),
    })),
  });

/** The decision that `heldText` was asked for. */
export function heldOf(text: string): HeldDecision {
  // The casts: written by `heldText` alone, where nobody else may write.
  const held = JSON.parse(text) as HeldDecision & { readonly boundNano: unknown };
  return {
    ...held,
    boundNano: BigInt(held.boundNano),
    accounts: held.accounts.map(
      ({ limitNano, ceilingNano, ...account }): Account => ({
        ...account,
        limitNano: BigInt(limitNano),
        ...(ceilingNano === undefined ? undefined : { ceilingNano: BigInt(ceilingNano) }),
      }),
    ),
  };
}

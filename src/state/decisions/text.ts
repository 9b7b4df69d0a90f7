/** A held decision as one text, for another process. JSON has no bigint: amounts are texts in it. */
import type { Account } from '../../core/account.ts';
import type { HeldDecision } from '../../flows/held-decisions.ts';

type PlainAccount = Omit<Account, 'limitNano' | 'ceilingNano'> & {
  readonly limitNano: string;
  readonly ceilingNano?: string;
};
type Plain = Omit<HeldDecision, 'accounts' | 'boundNano'> & {
  readonly accounts: readonly PlainAccount[];
  readonly boundNano: string;
};

export function textOfHeld({ accounts, boundNano, ...rest }: HeldDecision): string {
  const plain: Plain = { ...rest, accounts: accounts.map(plainOf), boundNano: String(boundNano) };
  return JSON.stringify(plain);
}

/** @param text as `textOfHeld` writes it; anything else throws */
export function heldOfText(text: string): HeldDecision {
  const { accounts, boundNano, ...rest } = JSON.parse(text) as Plain; // written by this program, maybe elsewhere
  return { ...rest, accounts: accounts.map(accountOf), boundNano: BigInt(boundNano) };
}

const plainOf = ({ limitNano, ceilingNano, ...rest }: Account): PlainAccount => ({
  ...rest,
  limitNano: String(limitNano),
  ...(ceilingNano === undefined ? undefined : { ceilingNano: String(ceilingNano) }),
});

const accountOf = ({ limitNano, ceilingNano, ...rest }: PlainAccount): Account => ({
  ...rest,
  limitNano: BigInt(limitNano),
  ...(ceilingNano === undefined ? undefined : { ceilingNano: BigInt(ceilingNano) }),
});

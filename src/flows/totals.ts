/** What the attempts of a call came to. A sum is told only where each of its parts is known. */
import type { AttemptRecord } from '../core/attempt.ts';
import type { Served } from './gateway.ts';

export function totalsOf(attempts: readonly AttemptRecord[]): Pick<Served, 'attempts' | 'costNano'> {
  return { attempts: attempts.length, costNano: costOf(attempts) };
}

function costOf(attempts: readonly AttemptRecord[]): bigint | undefined {
  let totalNano = 0n;
  for (const { cost } of attempts) {
    switch (cost.kind) {
      case 'priced':
        totalNano += cost.items.totalNano;
        break;
      case 'none':
        break;
      case 'unpriced':
      case 'unknown':
        return undefined;
    }
  }
  return totalNano;
}

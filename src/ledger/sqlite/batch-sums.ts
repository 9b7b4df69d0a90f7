/** What the rows of a batch add up to: one sum for rows of one hour that share what sums are kept by. */
import { type ChargedColumns, hourOf, type RolledColumns } from '../columns.ts';
import type { Row, Shared } from './row.ts';

interface Sum {
  rows: number;
  inputTokens: number;
  cacheReadTokens: number;
  outputTokens: number;
  costNano: bigint;
  chargedNano: bigint;
}

export class BatchSums {
  private readonly hours = new Map<number, Map<Shared, Sum>>();

  add(row: Row): void {
    const hourMs = hourOf(row.at_ms);
    let hour = this.hours.get(hourMs);
    if (hour === undefined) {
      hour = new Map();
      this.hours.set(hourMs, hour);
    }
    let sum = hour.get(row.shared);
    if (sum === undefined) {
      sum = { rows: 0, inputTokens: 0, cacheReadTokens: 0, outputTokens: 0, costNano: 0n, chargedNano: 0n };
      hour.set(row.shared, sum);
    }
    sum.rows += 1;
    sum.inputTokens += row.input_tokens;
    sum.cacheReadTokens += row.cache_read_tokens;
    sum.outputTokens += row.output_tokens;
    sum.costNano += row.cost_nano;
    sum.chargedNano += row.charged_nano;
  }

  /** As rows that say as much as all of them. */
  rows(): readonly (RolledColumns & ChargedColumns)[] {
    return [...this.hours].flatMap(([hourMs, sums]) =>
      [...sums].map(([shared, sum]) => ({
        ...shared,
        at_ms: String(hourMs),
        calls: shared.calls * sum.rows,
        attempts: shared.attempts * sum.rows,
        input_tokens: sum.inputTokens,
        cache_read_tokens: sum.cacheReadTokens,
        output_tokens: sum.outputTokens,
        cost_nano: String(sum.costNano),
        charged_nano: String(sum.chargedNano),
      })),
    );
  }
}

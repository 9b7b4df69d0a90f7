/** What an attempt used, in tokens. Unknown is not zero. */

/** Totals include their parts: cached tokens count as input, thought counts as output. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  /** Part of `input` that was read from the provider's cache. */
  readonly cacheRead?: number;
  /** Part of `input` that was written to it, for 5 minutes or the vendor's only lifetime. */
  readonly cacheWrite?: number;
  /** Part of `input` that was written to it for an hour. */
  readonly cacheWrite1h?: number;
  /** Part of `output`. */
  readonly reasoning?: number;
  readonly inputAudio?: number;
  readonly outputAudio?: number;
  readonly inputImage?: number;
  readonly outputImage?: number;
  /** As the vendor names it, such as `flex` or `priority`; absent: standard. */
  readonly tier?: string;
}

export type MeteredUsage =
  /** `exact`: the vendor's own count. `estimated`: ours, where a stream ended before the vendor counted. */
  { readonly kind: 'exact' | 'estimated'; readonly tokens: TokenCounts } | { readonly kind: 'unknown' };

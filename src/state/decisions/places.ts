/** Reports of one decision that have a place of their own; those behind them share one, and none of them settles the hold. */
export const MOST_PLACES = 64;

/** The ratios that the project holds itself to, each measured within one run. */

export interface Bar {
  readonly name: string;
  readonly ratio: number;
  readonly bar: number;
  /** `atMost`: the ratio must not pass the bar; `atLeast`: it must reach it. */
  readonly sense: 'atMost' | 'atLeast';
  readonly holds: boolean;
}

export const atMost = (name: string, ratio: number, bar: number): Bar => ({
  name,
  ratio: round(ratio),
  bar,
  sense: 'atMost',
  holds: ratio <= bar,
});

export const atLeast = (name: string, ratio: number, bar: number): Bar => ({
  name,
  ratio: round(ratio),
  bar,
  sense: 'atLeast',
  holds: ratio >= bar,
});

const round = (value: number): number => Math.round(value * 1000) / 1000;

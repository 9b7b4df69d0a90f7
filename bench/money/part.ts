/** What one part of the benchmark of money gives. */
import type { Section } from '../section.ts';

export type MoneyPart = Omit<Section, 'title'>;

/** `max_output_tokens`, which has a least value here that other protocols do not have. */
import { unsupported } from '../fields.ts';

/** Source: API reference, "Create a model response". */
export const MIN_OUTPUT_TOKENS = 16;

/**
 * @param maxOutputTokens what policy left of what was asked for
 * @throws Failure `unsupported` where it is too small to be asked for
 */
export function outputCap(maxOutputTokens: number): number {
  if (maxOutputTokens >= MIN_OUTPUT_TOKENS) return maxOutputTokens;
  throw unsupported('max_output_tokens', `must be at least ${MIN_OUTPUT_TOKENS}, not ${maxOutputTokens}`);
}

/**
 * A signature of Gemini's, as it travels through the words of core: with a mark of its own, because a signature is
 * valid only at the vendor that made it, and a history may come back to another one.
 */

const MARK = 'gemini:';

/** @param signature base64, as the vendor wrote it */
export const markSignature = (signature: string): string => MARK + signature;

/** @returns as the vendor wrote it; undefined where another vendor did */
export const unmarkSignature = (signature: string): string | undefined =>
  signature.startsWith(MARK) ? signature.slice(MARK.length) : undefined;

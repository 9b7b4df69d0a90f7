/**
 * The encrypted thought of OpenAI, as it travels through the words of core: with a mark of its own, because it can be
 * read only by the vendor that made it, and a history may come back to another one.
 */

const MARK = 'openai:';

/** @param encrypted as the vendor wrote it */
export const markEncrypted = (encrypted: string): string => MARK + encrypted;

/** @returns as the vendor wrote it; undefined where another vendor did */
export const unmarkEncrypted = (signature: string): string | undefined =>
  signature.startsWith(MARK) ? signature.slice(MARK.length) : undefined;

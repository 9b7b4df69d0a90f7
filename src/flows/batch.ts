/** A batch: decisions in the order asked, each succeeding or failing on its own. */
import { Failure } from '../core/failure.ts';
import type { BatchItem, DecideSession } from './flows.ts';

/** Requests in one batch at most. */
export const MAX_BATCH = 256;

/** @throws Failure `too_large` before anything is decided */
export async function decideAll(session: DecideSession, requests: readonly unknown[]): Promise<readonly BatchItem[]> {
  if (requests.length > MAX_BATCH) {
    throw new Failure('too_large', `requests: ${requests.length} in one batch, at most ${MAX_BATCH}`);
  }
  const items: BatchItem[] = [];
  for (const request of requests) {
    try {
      items.push({ kind: 'decided', decision: await session.decide(request) });
    } catch (reason) {
      items.push({ kind: 'failed', failure: Failure.from(reason) });
    }
  }
  return items;
}

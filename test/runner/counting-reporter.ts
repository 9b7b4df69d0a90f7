/** A reporter of node:test that writes one JSON line: how many tests there were, and how they ended. */
import type { TestEvent } from 'node:test/reporters';

async function* countingReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    // The summary of the whole run is the one without a file.
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { passed, cancelled, skipped, todo, tests } = event.data.counts;
    const failed = tests - passed - cancelled - skipped - todo;
    yield `${JSON.stringify({ passed, failed: failed + cancelled, skipped: skipped + todo })}\n`;
  }
}

// biome-ignore lint/style/noDefaultExport: node:test loads a reporter by its default export
export default countingReporter;

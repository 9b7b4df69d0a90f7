/** Alerts as lines of a log: one JSON object each, so that whatever gathers logs can act on them. */
import { type AlertSink, alertDocument } from './alert.ts';

export function createLogSink(stream: { write(text: string): unknown }): AlertSink {
  return {
    send(alert) {
      stream.write(`${JSON.stringify({ level: 'warn', event: 'turnpike.alert', ...alertDocument(alert) })}\n`);
    },
    close: () => Promise.resolve(),
  };
}

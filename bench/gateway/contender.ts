/** Somebody who stands between a client and the upstream, and is asked for the same. */

export interface Contender {
  readonly name: string;
  /** `host:port`. */
  readonly address: string;
  /** Lines of a request's head beside host, content type and length, each with its `\r\n`. */
  readonly headers: string;
  /** What it is asked for a whole reply and for a stream: its own name of the model may differ. */
  readonly model: string;
}

export const PATH = '/v1/chat/completions';

const MESSAGES = [
  { role: 'system', content: 'You answer in one paragraph and never mention foxes unless you are asked about them.' },
  { role: 'user', content: 'What does the quick brown one do? '.repeat(12).trim() },
];

export function bodyFor(contender: Pick<Contender, 'model'>, streamed: boolean): string {
  return JSON.stringify({
    model: contender.model,
    messages: MESSAGES,
    max_tokens: 256,
    ...(streamed ? { stream: true } : {}),
  });
}

/** The head of a request, complete but for `content-length`. */
export const headFor = ({ address, headers }: Pick<Contender, 'address' | 'headers'>): string =>
  `POST ${PATH} HTTP/1.1\r\nhost: ${address}\r\ncontent-type: application/json\r\n${headers}`;

/** What a GenerateRequest says of its call, under the names of the headers that say it elsewhere. */
import { Failure } from '../../core/failure.ts';
import type { GenerateRequestMessage } from './gateway-messages.ts';

/**
 * @param name of a header, lower-case
 * @throws Failure `invalid_request` for tags that no header can hold
 */
export function hintsOf(message: GenerateRequestMessage, name: string): string | undefined {
  switch (name) {
    case 'x-turnpike-task':
      return message.task;
    case 'x-turnpike-priority':
      return message.priority;
    case 'x-turnpike-data-class':
      return message.data_class;
    case 'x-turnpike-region':
      return message.region;
    case 'x-turnpike-tags':
      return message.tags === undefined ? undefined : tagsText(message.tags);
    default:
      return undefined;
  }
}

function tagsText(tags: Readonly<Record<string, string>>): string | undefined {
  const pairs = Object.entries(tags);
  for (const [key, value] of pairs) {
    if (/^[\w.-]{1,64}$/.test(key) && /^[^,]{0,256}$/.test(value) && value.trim() === value) continue;
    const rule = 'a key has 1 to 64 of A-Z, a-z, 0-9, _, . and -, a value at most 256 characters without a comma';
    throw new Failure('invalid_request', `tags: ${rule}: "${key.slice(0, 64)}"`, { details: { param: 'tags' } });
  }
  return pairs.length === 0 ? undefined : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

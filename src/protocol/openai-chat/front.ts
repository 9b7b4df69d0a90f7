/**
 * Owns OpenAI's chat completions, as a front door (here), as a provider (`vendor.ts`) and from one to the other
 * (`same.ts`). May import core and the shared files of protocol. What cannot be read is a Failure that names the field;
 * what cannot be said is a Failure `unsupported` that names it.
 */
import type { FrontProtocol } from '../protocol.ts';
import { readRequest } from './read-request.ts';
import { writeError } from './write-error.ts';
import { writeReply } from './write-reply.ts';
import { createStreamWriter } from './write-stream.ts';

export const openAiChatFront: FrontProtocol = { readRequest, writeReply, createStreamWriter, writeError };

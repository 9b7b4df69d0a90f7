/**
 * Owns OpenAI's Responses API, as a front door (here), as a provider (`vendor.ts`) and from one to the other
 * (`same.ts`). May import core, the shared files of protocol and what chat completions share with it. What cannot be
 * read is a Failure that names the field; what cannot be said is a Failure `unsupported` that names it. Nothing is kept
 * between calls: what builds on an earlier response is for a provider that keeps it.
 */
import { writeError } from '../openai-chat/write-error.ts';
import type { FrontProtocol } from '../protocol.ts';
import { readRequest } from './read-request.ts';
import { writeReply } from './write-reply.ts';
import { createStreamWriter } from './write-stream.ts';

export const openAiResponsesFront: FrontProtocol = { readRequest, writeReply, createStreamWriter, writeError };

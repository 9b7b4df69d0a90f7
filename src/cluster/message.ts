/** What a worker and its primary say to each other over their channel. Anything else on it is left alone. */

export type FromWorker =
  | { readonly turnpike: 'ready'; readonly notice: unknown }
  /** For every other worker. */
  | { readonly turnpike: 'broadcast'; readonly topic: string; readonly payload: unknown }
  | { readonly turnpike: 'ask'; readonly id: number; readonly topic: string }
  | { readonly turnpike: 'answer'; readonly id: number; readonly payload: unknown }
  /** For the primary itself. */
  | { readonly turnpike: 'tell'; readonly topic: string; readonly payload: unknown };

export type FromPrimary =
  | { readonly turnpike: 'drain' }
  | { readonly turnpike: 'reload' }
  | { readonly turnpike: 'broadcast'; readonly topic: string; readonly payload: unknown }
  /** From the primary itself. */
  | { readonly turnpike: 'tell'; readonly topic: string; readonly payload: unknown }
  | { readonly turnpike: 'question'; readonly id: number; readonly topic: string }
  /** To `ask`: what the other workers answered in time. */
  | { readonly turnpike: 'answers'; readonly id: number; readonly payloads: readonly unknown[] };

/** Both ends are this program, and a message of another library has no such field. */
export const isFromWorker = (message: unknown): message is FromWorker => isOurs(message);
export const isFromPrimary = (message: unknown): message is FromPrimary => isOurs(message);

const isOurs = (message: unknown): boolean => typeof message === 'object' && message !== null && 'turnpike' in message;

/**
 * The first look into a vendor's document: what is absent or of another type is undefined, and the reader says what
 * that means. A vendor adds fields whenever it likes, so nothing here complains of what it does not know.
 */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

export function textAt(object: JsonObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** A whole number from 0 to 2^53 - 1. */
export function countAt(object: JsonObject | undefined, name: string): number | undefined {
  const value = object?.[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function objectAt(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = object?.[name];
  return isJsonObject(value) ? value : undefined;
}

/** Empty where there is no list. */
export function listAt(object: JsonObject | undefined, name: string): readonly Json[] {
  const value = object?.[name];
  // Of JSON, only a list is an array; the check narrows to `any[]`.
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** @returns undefined where the text is no JSON */
export function parseDocument(text: string): Json | undefined {
  try {
    // JSON.parse makes nothing but JSON.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const MAX_MESSAGE_CHARS = 300;

/** What a vendor said, as far as a caller and a log are shown it. */
export const clipped = (message: string): string =>
  message.length <= MAX_MESSAGE_CHARS ? message : `${message.slice(0, MAX_MESSAGE_CHARS)}…`;

/** A message of a stream that cannot be what its protocol says. */
export const malformed = (message: string): AttemptFailure => ({ outcome: 'unavailable', message: clipped(message) });

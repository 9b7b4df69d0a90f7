/**
 * Arguments of a tool call (JSON text, as a model wrote it) ⇄ Anthropic's `input` (an object). No text counts as no
 * arguments. What is no JSON object stays readable under the name that Anthropic's guide to fine-grained tool streaming
 * gives: `{"INVALID_JSON": "<the text>"}`.
 */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

export function toolInput(argumentsText: string): JsonObject {
  if (argumentsText.trim() === '') return {};
  try {
    // JSON.parse brings JSON and nothing else.
    const value = JSON.parse(argumentsText) as Json;
    if (isJsonObject(value)) return value;
  } catch {
    // Told below.
  }
  return { INVALID_JSON: argumentsText };
}

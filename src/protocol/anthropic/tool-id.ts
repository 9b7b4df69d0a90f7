/** The id of a tool call, whoever made it up, as Claude takes it: at Anthropic and on Bedrock. */

/** Letters, digits, `_` and `-` are taken; anything else becomes `_` and its code, so that pairs still match. */
export const writeToolId = (id: string): string =>
  id.replace(/[^a-zA-Z0-9_-]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}`);

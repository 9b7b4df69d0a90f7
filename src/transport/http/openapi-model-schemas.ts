/** JSON Schemas of the model front doors. What vendors document themselves is named here and not repeated. */
export type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const nullable: Schema = { type: ['string', 'null'] };

const documented = (what: string, where: string): Schema => ({ type: 'object', description: `${what}: see ${where}.` });

export const MODEL_SCHEMAS: Readonly<Record<string, Schema>> = {
  OpenAiRequest: documented('A request of this route', 'https://platform.openai.com/docs/api-reference'),
  OpenAiReply: documented('A reply of this route', 'https://platform.openai.com/docs/api-reference'),
  AnthropicRequest: documented('A request of this route', 'https://docs.anthropic.com/en/api'),
  AnthropicReply: documented('A message', 'https://docs.anthropic.com/en/api'),
  TokenCount: {
    type: 'object',
    required: ['input_tokens'],
    properties: { input_tokens: { type: 'integer', minimum: 0 } },
  },
  Model: {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', description: 'Alias, or `provider/model`.' },
      object: { const: 'model' },
      created: { type: 'integer' },
      owned_by: { type: 'string', description: 'The provider, or `turnpike` for an alias.' },
    },
  },
  ModelList: {
    type: 'object',
    required: ['data'],
    properties: { data: { type: 'array', items: { $ref: '#/components/schemas/Model' } } },
  },
  OpenAiError: {
    type: 'object',
    description: "As OpenAI's SDKs read it.",
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['message', 'type', 'code'],
        properties: { message: text, type: text, code: nullable, param: nullable },
      },
    },
  },
  AnthropicError: {
    type: 'object',
    description: "As Anthropic's SDKs read it.",
    required: ['type', 'error'],
    properties: {
      type: { const: 'error' },
      error: { type: 'object', required: ['type', 'message'], properties: { type: text, message: text } },
      request_id: nullable,
    },
  },
};

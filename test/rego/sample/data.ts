/** Data and inputs of `gateway.rego`: generated, the same at every run. */

const REGIONS = ['eu', 'us', 'asia'];
const CLASSES = ['public', 'internal', 'confidential', 'restricted'];
const CAPABILITIES = ['chat', 'tools', 'vision', 'json', 'reasoning', 'cache'];

function members(names: readonly string[], keep: (index: number) => boolean): Record<string, true> {
  return Object.fromEntries(names.filter((_, index) => keep(index)).map((name) => [name, true as const]));
}

function model(index: number): Record<string, unknown> {
  return {
    cost: 100 + ((index * 7919) % 900),
    tier: 1 + (index % 4),
    context: 8000 * (1 + (index % 16)),
    max_output: 1024 * (1 + (index % 8)),
    retries: index % 3,
    first_token_ms: 2000 + 100 * index,
    regions: members(REGIONS, (at) => (index + at) % 3 !== 0),
    clearance: members(CLASSES, (at) => at <= index % 4),
    capabilities: members(CAPABILITIES, (at) => at === 0 || (index >> (at - 1)) % 2 === 0),
  };
}

/** @param models number of models in the catalogue */
export function sampleData(models = 40): Record<string, unknown> {
  const team = (index: number): unknown => ({
    cost_center: `cc-${index}`,
    max_input_tokens: 50_000,
    max_cost_nano_usd: 50_000_000 + index,
  });
  const application = (index: number): unknown => ({
    team: `team-${index % 50}`,
    data_classes: members(CLASSES, (at) => at < 3),
    environments: members(['dev', 'staging', 'prod'], () => true),
  });
  return {
    models: Object.fromEntries(
      Array.from({ length: models }, (_, index) => [`provider-${index % 6}/model-${index}`, model(index)]),
    ),
    teams: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`team-${index}`, team(index)])),
    applications: Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`application-${index}`, application(index)]),
    ),
    roles: { developer: { operations: { chat: true, embeddings: true } }, reader: { operations: { models: true } } },
    aliases: { auto: { needs: {} }, smart: { needs: { reasoning: true } } },
    messages: { unknown_team: 'the team is not known', budget_exhausted: 'a budget of this call is spent — für heute' },
  };
}

export interface SampleInput {
  readonly call: Record<string, unknown>;
  readonly caller: Record<string, unknown>;
  readonly budgets: readonly unknown[];
  readonly limits: readonly unknown[];
  readonly targets: Record<string, unknown>;
  readonly attempts: readonly unknown[];
  readonly now: Record<string, unknown>;
}

export function sampleInput(
  change: { call?: object; caller?: object; budgets?: readonly unknown[] } = {},
): SampleInput {
  return {
    call: {
      operation: 'chat',
      model: 'auto',
      task: 'summarize',
      priority: 'interactive',
      stream: true,
      input_tokens: 1234,
      max_output_tokens: 800,
      needs: ['tools'],
      data_class: 'internal',
      region: 'eu',
      tags: { feature: 'inbox' },
      ...change.call,
    },
    caller: {
      subject: 'user-17',
      team: 'team-7',
      application: 'application-7',
      environment: 'prod',
      roles: ['developer'],
      key_id: 'key-1',
      ...change.caller,
    },
    budgets: change.budgets ?? [
      { id: 'team-7-month', state: 'ok', utilization: 0.73, remaining_nano_usd: 120_000_000, resets_at: '2026-12-01' },
    ],
    limits: [{ id: 'team-7-rpm', state: 'ok', retry_after_ms: 0 }],
    targets: {
      'provider-1/model-1': { breaker: 'open', error_rate: 0.4, first_token_p50_ms: 900, quality: 0.81 },
    },
    attempts: [],
    now: { unix_ms: 1_790_000_000_000, date: '2026-11-22', weekday: 'sun', hour: 19 },
  };
}

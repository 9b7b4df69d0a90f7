/** What is asked, as data. The catalogue is the sample policies' own, or one grown from it. */
import type { EngineRequest } from '../../src/engine/engine.ts';
import type { CatalogueSize } from './sample-policy.ts';

export interface DecisionCase {
  readonly name: string;
  /** Models in the catalogue: the sample's own (40-odd), or grown to so many. */
  readonly models: CatalogueSize;
  readonly request: EngineRequest;
  readonly outcome: 'allow' | 'deny';
}

const SEARCH = {
  subject: 'assistant-prod',
  team: 'search',
  application: 'assistant',
  environment: 'prod',
  roles: ['service'],
};
const ROUTED: EngineRequest = {
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
  },
  caller: SEARCH,
  facts: {
    budgets: [
      { id: 'team-search-month', state: 'ok', utilization: 0.41, remaining_nano_usd: 5_900_000_000_000 },
      { id: 'app-assistant-day', state: 'ok', utilization: 0.2, remaining_nano_usd: 90_000_000_000 },
      { id: 'company-month', state: 'ok', utilization: 0.5, remaining_nano_usd: 50_000_000_000_000 },
    ],
    targets: { 'openai/gpt-5.2': { error_rate: 0.02, first_token_p50_ms: 700 } },
  },
};

export const ROUTED_40 = 'allow, routing over 40 models';

export const DECISION_CASES: readonly DecisionCase[] = [
  { name: ROUTED_40, models: 'sample', request: ROUTED, outcome: 'allow' },
  { name: 'allow, routing over 400 models', models: 400, request: ROUTED, outcome: 'allow' },
  { name: 'allow, routing over 4,000 models', models: 4000, request: ROUTED, outcome: 'allow' },
  {
    name: 'allow, pinned model',
    models: 'sample',
    request: {
      ...ROUTED,
      call: { ...ROUTED.call, model: 'anthropic/claude-sonnet-4-6' },
      caller: { ...SEARCH, roles: ['operator'] },
    },
    outcome: 'allow',
  },
  {
    name: 'deny, access',
    models: 'sample',
    request: { ...ROUTED, caller: { ...SEARCH, roles: ['auditor'] } },
    outcome: 'deny',
  },
  {
    name: 'deny, budget',
    models: 'sample',
    request: {
      ...ROUTED,
      facts: {
        budgets: [
          { id: 'team-search-month', state: 'exhausted', utilization: 1, remaining_nano_usd: 0 },
          { id: 'app-assistant-day', state: 'ok', utilization: 0.2, remaining_nano_usd: 90_000_000_000 },
          { id: 'company-month', state: 'ok', utilization: 0.5, remaining_nano_usd: 50_000_000_000_000 },
        ],
      },
    },
    outcome: 'deny',
  },
];

/** The real compiler for tests, one process a file of tests, and small sources to ask it about. */
import { after } from 'node:test';
import { locateCompiler } from '../../src/policy/compiler/artifact.ts';
import { type Compiled, type Compiler, createCompiler } from '../../src/policy/compiler/client.ts';
import type { Diagnostic } from '../../src/policy/compiler/diagnostic.ts';
import { NO_SOURCES, type PolicySources } from '../../src/policy/source/policy-sources.ts';

/** Closed when the tests of the file have run. */
export function openCompiler(): Compiler {
  const compiler = createCompiler(locateCompiler());
  after(() => compiler.close());
  return compiler;
}

export const sourcesOf = (some: Partial<PolicySources>): PolicySources => ({ ...NO_SOURCES, ...some });

export function valueIn<T>(compiled: Compiled<T>): T {
  if (compiled.kind === 'ok') return compiled.value;
  throw new Error(`refused: ${JSON.stringify(compiled.diagnostics)}`);
}

export function findingsOf(compiled: Compiled<unknown>): readonly Diagnostic[] {
  if (compiled.kind === 'refused') return compiled.diagnostics;
  throw new Error('nothing was found');
}

/** A small policy with everything in it: data, a schema, a prepared index, a test that passes and one that fails. */
export const SAMPLE: PolicySources = sourcesOf({
  modules: {
    'decision.rego': `package turnpike

import data.turnpike.access

# METADATA
# title: The decision
# description: who is known may
# scope: document
# entrypoint: true
default decision := {"outcome": "deny"}

decision := {"outcome": "allow", "price": data.models[input.call.model].price} if access.known
`,
    'access/access.rego': `package turnpike.access

known if input.caller.team in data.teams
`,
    'access/access_test.rego': `package turnpike.access_test

import data.turnpike.access

test_a_known_team if {
	print("asked")
	access.known with input as {"caller": {"team": "search"}}
}

test_an_unknown_team if {
	team := "nobody"
	access.known with input as {"caller": {"team": team}}
}
`,
    'prepare/prepare.rego': `package turnpike.prepare

prepared := {"dear": [name | some name, model in data.models; model.price > 1]}
`,
  },
  data: {
    'data/teams.yaml': 'teams: [search, ads]\n',
    'data/models.json': '{"models": {"small": {"price": 0.25}, "large": {"price": 12345678901234567890.5}}}\n',
  },
  schemas: {
    'schemas/input.json': JSON.stringify({
      type: 'object',
      properties: {
        call: { type: 'object', properties: { model: { type: 'string' } } },
        caller: { type: 'object', properties: { team: { type: 'string' } } },
      },
    }),
  },
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FAULTS } from './faults.ts';
import { faultTable } from './table.ts';

const text = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');

describe('docs/faults.md', () => {
  it('shows the table of faults as the suite holds it', () => assert.ok(text.includes(faultTable()), faultTable()));
  it('names each fault once', () => {
    const names = FAULTS.map(({ name, asked }) => `${name} ${asked.join(' ')}`);
    assert.equal(new Set(names).size, names.length);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CoreSettings } from '../core-settings.js';
import { describeSettings } from '../description/describe-settings.js';
import { ADDED_VARIABLES, type InventoryEntry, SEED_VARIABLES } from './seed-variables.js';

const byVariable = (one: InventoryEntry, other: InventoryEntry) => one.variable.localeCompare(other.variable);

const settings = describeSettings(CoreSettings)
  .map(({ variable, aliases, owner, default: value }) => ({
    variable,
    owner,
    ...(value === undefined ? {} : { default: value }),
    ...(aliases.length === 0 ? {} : { aliases }),
  }))
  .sort(byVariable);

describe('the inventory of variables', () => {
  test('is what CoreSettings reads, with the same defaults, aliases and owners', () => {
    expect(settings).toEqual([...SEED_VARIABLES, ...ADDED_VARIABLES].sort(byVariable));
  });

  test('is what .env.example shows', () => {
    const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
    const shown = [...example.matchAll(/^# ([A-Z][A-Z0-9_]*)=/gm)].map(([, variable]) => variable);
    const promised = [...SEED_VARIABLES, ...ADDED_VARIABLES].map(({ variable }) => variable);
    expect(new Set(shown)).toEqual(new Set(promised));
    expect(shown).toHaveLength(promised.length);
  });
});

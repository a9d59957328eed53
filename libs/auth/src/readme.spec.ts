import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CoreError } from '@core-framework/common';
import { createTestApp } from '@core-framework/testing';
import { AccountsModule, User } from '../examples/accounts.js';
import * as auth from './index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

describe('the README', () => {
  test('shows the example as it is, and the example runs', async () => {
    expect(readme).toContain(read('../examples/accounts.ts').trim());
    await using app = await createTestApp(AccountsModule);
    await app.work(async () => {
      const user = await User.objects.create({ email: 'ann@example.com', nickname: 'Ann' });
      expect(user.toDict()).toMatchObject({ email: 'ann@example.com', nickname: 'Ann', isActive: true });
    });
  });

  test('lists every error that the package exports, and no other', () => {
    const exported = Object.values(auth).filter(
      (value) => typeof value === 'function' && value.prototype instanceof CoreError,
    );
    const families = readdirSync(new URL('./errors/', import.meta.url));
    const codes = families.flatMap((file) =>
      [...read(`./errors/${file}`).matchAll(/readonly code = '(AUTH_\w+)'/g)].map(([, code]) => code),
    );
    const listed = [...readme.matchAll(/^\| `(AUTH_[A-Z_]+)`/gm)].map(([, code]) => code);
    expect(new Set(listed)).toEqual(new Set(codes));
    expect(listed).toHaveLength(codes.length);
    expect(exported).toHaveLength(codes.length);
  });
});

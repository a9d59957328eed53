import { expect, test } from '@jest/globals';
import { withoutValues } from './query-echo.js';

test.each([
  [`select * from "users" where email = 'ann@b.c' and id = 7`, 'select * from "users" where email = ? and id = ?'],
  [`insert into t1 values ('it''s', -1.5e3, x'ff', $1)`, 'insert into t1 values (?, ?, ?, $1)'],
  [`select "a1"."col 2", \`b3\` from t where v2 > 10`, 'select "a1"."col 2", `b3` from t where v2 > ?'],
])('leaves the values out of %s', (sql, echoed) => {
  expect(withoutValues(sql)).toBe(echoed);
});

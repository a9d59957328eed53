import { describe, expect, test } from '@jest/globals';
import { InvalidValueError } from '../errors/orm.errors.js';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import type { Manager } from '../querysets/manager.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { Field } from './field.decorator.js';

@Model({ tableName: 'canonical_samples' })
class Sample extends BaseModel {
  declare static readonly objects: Manager<Sample>;

  @Field.decimal({ precision: 15, scale: 4 }) amount!: string;
  @Field.uuid() token!: string;
  @Field.time() hour!: string;
}

const TOKEN = '0190163d-8694-739b-aea5-966c26f8ad91';

describeEachDatabase([Sample], ({ run }) => {
  describe('a value has one form, whichever way it took', () => {
    test.each(['0', '-0.5', '00012.5', '99999999999.9999', '-99999999999.9999', '0.0001'])('decimal %s', (amount) =>
      run(async () => {
        const made = await Sample.objects.create({ amount, token: TOKEN.toUpperCase(), hour: '12:34' });
        const [[listed], [json]] = [
          await Sample.objects.valuesList('amount', 'token', 'hour'),
          await Sample.objects.rows({ columns: ['amount', 'token', 'hour'], json: true }),
        ];
        const own = [made.amount, made.token, made.hour];
        const read = await (await Sample.objects.get({ id: made.id })).refresh();
        expect(listed).toEqual(own);
        expect(Object.values(json ?? {})).toEqual(own);
        expect([read.amount, read.token, read.hour]).toEqual(own);
        expect(own.slice(1)).toEqual([TOKEN, '12:34:00']);
        expect(await Sample.objects.filter({ amount, token: TOKEN.toUpperCase(), hour: '12:34' }).count()).toBe(1);
      }),
    );

    test('a decimal with more digits than the column is refused, not rounded', () =>
      run(async () => {
        const values = { token: TOKEN, hour: '12:00' };
        await expect(Sample.objects.create({ ...values, amount: '1.00001' })).rejects.toThrow(InvalidValueError);
        await expect(Sample.objects.create({ ...values, amount: '999999999999' })).rejects.toThrow(InvalidValueError);
        expect(await Sample.objects.count()).toBe(0);
      }));
  });
});

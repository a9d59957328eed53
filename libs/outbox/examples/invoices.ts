import { atomic, BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { Outbox, OutboxModule, OutboxRelay } from '@core-framework/outbox';
import { Injectable, Module } from '@nestjs/common';

@Model()
export class Invoice extends BaseModel {
  declare static readonly objects: Manager<Invoice>;

  @Field.string() customer!: string;
}

@Injectable()
export class Invoices {
  constructor(
    private readonly outbox: Outbox,
    relay: OutboxRelay,
  ) {
    relay.register('printer', async (entries) => {
      for (const { type, payload } of entries) console.log(type, payload);
    });
    relay.start();
  }

  /** Stores an invoice and has it printed; neither happens without the other. */
  issue(customer: string): Promise<Invoice> {
    return atomic(async () => {
      const invoice = await Invoice.objects.create({ customer });
      const payload = JSON.stringify({ id: invoice.id, customer });
      await this.outbox.add({ channel: 'printer', type: 'invoice.issued', topic: 'invoices', payload });
      return invoice;
    });
  }
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
    CoreOrmModule.forFeature([Invoice]),
    OutboxModule.forConnection(),
  ],
  providers: [Invoices],
})
export class AppModule {}

import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Consumer, type CoreEvent, Event, MessagingModule, OnEvent } from '@core-framework/messaging';
import { BaseModel, CoreOrmModule, F, Field, type Manager, Model } from '@core-framework/orm';
import { CoreFactory } from '@core-framework/platform';
import { Action, AllowAny, Instance, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';

@Model()
class Note extends BaseModel {
  declare static readonly objects: Manager<Note>;

  @Field.string({ maxLength: 200 }) text!: string;
  @Field.integer({ default: 0, readOnly: true }) shares = 0;
}

@ViewSet({ path: 'notes', model: Note, permissions: [AllowAny] })
class NoteViewSet extends ModelViewSet<Note> {
  @Action({ method: 'POST', detail: true })
  @Event('note.shared', { topic: 'notes', key: ({ id }: Note) => id })
  async share(@Instance() note: Note): Promise<Note> {
    return note;
  }
}

@Consumer('statistics', { topics: ['notes'] })
class Statistics {
  @OnEvent('note.shared')
  async onShared({ data: { id } }: CoreEvent<Note>): Promise<void> {
    await Note.objects.filter({ id }).update({ shares: F('shares').plus(1) });
  }
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ models: [Note], schema: 'update' }),
    ViewSetModule.forFeature([NoteViewSet]),
    MessagingModule.forRoot(),
    MessagingModule.forFeature([Statistics]),
  ],
})
class AppModule {}

await CoreFactory.run(AppModule);

import assert from 'node:assert/strict';
import { BaseModel, CoreOrmModule, Field, Model } from '@core-framework/orm';
import { createTestApp } from '@core-framework/testing';
import { IsAuthenticated, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';

@Model()
class Note extends BaseModel {
  @Field.string({ maxLength: 100 }) title!: string;
}

@ViewSet({ model: Note, permissions: [IsAuthenticated] })
class NoteViewSet extends ModelViewSet<Note> {}

@Module({
  imports: [
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    ViewSetModule.forFeature([NoteViewSet]),
  ],
})
class AppModule {}

/** Writes a note and reads it back; inside Jest, Vitest or `node:test` this is the body of a test. */
export async function testNotes(): Promise<void> {
  await using app = await createTestApp(AppModule);
  const ann = app.client.as({ id: 1 });

  const refused = await app.client.post('/api/v1/notes', { title: 'Milk' });
  assert.equal(refused.status, 401);

  const created = await ann.post('/api/v1/notes', { title: 'Milk' });
  assert.equal(created.status, 201);

  const page = await app.assertQueries(2, () => ann.get('/api/v1/notes'));
  assert.equal(page.json().count, 1);
}

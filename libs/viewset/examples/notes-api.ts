import { BaseModel, CoreOrmModule, Field, Model } from '@core-framework/orm';
import {
  Action,
  InputSchema,
  Instance,
  IsAuthenticatedOrReadOnly,
  ModelViewSet,
  ViewSet,
  ViewSetModule,
} from '@core-framework/viewset';
import { Module } from '@nestjs/common';

@Model()
export class Note extends BaseModel {
  @Field.string({ maxLength: 100 }) title!: string;
  @Field.slug({ from: 'title', unique: true }) slug!: string;
  @Field.boolean({ default: false }) isPinned = false;
}

class NoteInput extends InputSchema(Note, { omit: ['isPinned'] }) {
  validate() {
    return this.title === this.slug ? { slug: 'Find something shorter.' } : undefined;
  }
}

@ViewSet({
  model: Note,
  input: NoteInput,
  permissions: [IsAuthenticatedOrReadOnly],
  filter: ['isPinned'],
  search: ['title'],
  ordering: ['createdAt'],
})
class NoteViewSet extends ModelViewSet<Note, NoteInput> {
  @Action({ method: 'POST' })
  async pin(@Instance() note: Note) {
    note.isPinned = true;
    await note.save();
    return note;
  }
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ url: 'sqlite://:memory:', models: [Note], schema: 'update' }),
    ViewSetModule.forRoot(),
    ViewSetModule.forFeature([NoteViewSet]),
  ],
})
export class NotesModule {}

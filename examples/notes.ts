import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { BaseModel, CoreOrmModule, Field, Model } from '@core-framework/orm';
import { CoreFactory } from '@core-framework/platform';
import { AllowAny, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';

@Model()
class Note extends BaseModel {
  @Field.string({ maxLength: 200 }) text!: string;
}

@ViewSet({ path: 'notes', model: Note, permissions: [AllowAny] })
class NoteViewSet extends ModelViewSet<Note> {}

@Module({
  imports: [CoreOrmModule.forRoot({ models: [Note], schema: 'update' }), ViewSetModule.forFeature([NoteViewSet])],
})
class AppModule {}

await CoreFactory.run(AppModule);

import { Module } from '@nestjs/common';
import { ViewSetModule } from '@core-framework/viewset';
import { TagViewSet } from './tag.viewset.js';

@Module({ imports: [ViewSetModule.forFeature([TagViewSet])] })
export class TagsModule {}

import { ViewSet, ViewSetModule, ModelViewSet } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { Tag } from '@core-framework-apps/blog';

/** Misspells an option, which its decorator refuses while this file is imported. */
@ViewSet({ model: Tag, pathh: 'tags' } as { model: typeof Tag })
class RefusedViewSet extends ModelViewSet<Tag> {}

@Module({ imports: [ViewSetModule.forFeature([RefusedViewSet])] })
export class RefusedModule {}

import { AllowAny, IsAuthenticated, IsStaff, ModelViewSet, ViewSet } from '@core-framework/viewset';
import { Tag } from './tag.model.js';

/** Tags, named in paths by their slug: everybody reads, members add, staff change. */
@ViewSet({
  path: 'tags',
  model: Tag,
  tags: ['Tags'],
  lookupField: 'slug',
  permissions: [IsStaff],
  permissionsByAction: { list: [AllowAny], retrieve: [AllowAny], create: [IsAuthenticated] },
  uniqueFields: ['name', 'slug'],
  bulk: { create: true, delete: true },
  search: ['name'],
  ordering: ['name'],
})
export class TagViewSet extends ModelViewSet<Tag> {}

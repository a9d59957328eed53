import { beforeEach, expect, test } from '@jest/globals';
import { DoesNotExistError, InvalidLookupError, UniqueViolationError } from '../errors/orm.errors.js';
import { Count } from '../querysets/aggregate.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { Tag } from '../testing/blog.models.js';
import { Folder, Note, SOFT_DELETION_MODELS } from '../testing/soft-deletion.models.js';
import { atomic } from '../transactions/atomic.js';
import { isSoftDeletable } from './soft-delete.js';

describeEachDatabase(SOFT_DELETION_MODELS, (under) => {
  const { run } = under;

  beforeEach(() =>
    run(async () => {
      const [a, b] = await Folder.objects.bulkCreate([{ name: 'a' }, { name: 'b' }]);
      if (!a || !b) throw new Error('the world is incomplete');
      await Note.objects.bulkCreate([
        { title: 'a1', folder: a },
        { title: 'a2', folder: a },
        { title: 'b1', folder: b },
      ]);
      await a.softDelete();
      await (await Note.objects.get({ title: 'a2' })).softDelete();
    }),
  );
  const folders = async (found: { values(): Promise<{ name: string }[]> }) =>
    (await found.values()).map(({ name }) => name).toSorted();
  const notes = async (found: { values(): Promise<{ title: string }[]> }) =>
    (await found.values()).map(({ title }) => title).toSorted();

  test('deleted rows are out of every query unless it asks for them', () =>
    run(async () => {
      const { objects } = Folder;
      expect(await folders(objects)).toEqual(['b']);
      expect(await folders(objects.withDeleted())).toEqual(['a', 'b']);
      expect(await folders(objects.onlyDeleted())).toEqual(['a']);
      expect(await folders(objects.exclude({ name: 'b' }))).toEqual([]);
      expect([await objects.count(), await objects.filter({ name: 'a' }).exists()]).toEqual([1, false]);
      expect(await objects.aggregate({ n: Count() })).toEqual({ n: 1 });
      expect(await objects.getOrNull({ name: 'a' })).toBeNull();
      await expect(objects.get({ name: 'a' })).rejects.toThrow(DoesNotExistError);
      expect((await objects.withDeleted().get({ name: 'a' })).isDeleted).toBe(true);
      expect(await objects.filter({ name: 'a' }).update({ name: 'c' })).toBe(0);
    }));

  test('children of deleted parents stay, and so do lookups through the parents', () =>
    run(async () => {
      expect(await notes(Note.objects)).toEqual(['a1', 'b1']);
      expect(await notes(Note.objects.filter({ folder__name: 'a' }))).toEqual(['a1']);
      const [joined] = await Note.objects.filter({ title: 'a1' }).selectRelated('folder').all();
      expect(joined?.folder.unwrap().isDeleted).toBe(true);
    }));

  test('prefetching finds deleted parents, and of children those that are alive', () =>
    run(async () => {
      const [note] = await Note.objects.filter({ title: 'a1' }).prefetchRelated('folder').all();
      expect(note?.folder.unwrap().name).toBe('a');
      const [folder] = await Folder.objects.withDeleted().filter({ name: 'a' }).prefetchRelated('notes').all();
      expect(folder?.notes.getItems().map(({ title }) => title)).toEqual(['a1']);
    }));

  test('deleted rows do not count among those that a row has, unless the lookup asks', () =>
    run(async () => {
      const all = Folder.objects.withDeleted();
      expect(await folders(all.filter({ notes__title: 'a2' }))).toEqual([]);
      expect(await folders(all.filter({ notes__title: 'a2', notes__deletedAt__isnull: false }))).toEqual(['a']);
      expect(
        await all
          .annotate({ n: Count('notes') })
          .orderBy('name')
          .values('n'),
      ).toEqual([{ n: 1 }, { n: 1 }]);
      await Note.objects.filter({ title: 'b1' }).softDelete();
      expect(await folders(all.filter({ notes__isnull: true }))).toEqual(['b']);
    }));

  test('softDelete and restore write the time of deletion and nothing else that was changed', () =>
    run(async () => {
      const note = await Note.objects.get({ title: 'a1' });
      note.title = 'changed';
      await note.softDelete();
      expect([note.isDeleted, note.deletedAt, note.version]).toEqual([true, expect.any(Date), 2]);
      const stored = await run(() => Note.objects.onlyDeleted().get({ id: note.id }));
      expect([stored.title, stored.deletedAt]).toEqual(['a1', note.deletedAt]);
      await note.restore();
      expect([note.isDeleted, note.deletedAt]).toEqual([false, null]);
      await note.save();
      expect(await run(() => notes(Note.objects.filter({ id: note.id })))).toEqual(['changed']);
    }));

  test('a deletion that is rolled back can be repeated', () =>
    run(async () => {
      const note = await Note.objects.get({ title: 'a1' });
      const failing = atomic(async () => {
        await note.softDelete();
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await run(() => notes(Note.objects))).toEqual(['a1', 'b1']);
      await note.softDelete();
      expect(await run(() => notes(Note.objects))).toEqual(['b1']);
    }));

  test('a deleted instance can be read again, and a new one not be deleted', () =>
    run(async () => {
      const folder = await Folder.objects.withDeleted().get({ name: 'a' });
      expect((await folder.refresh()).isDeleted).toBe(true);
      const fresh = Object.assign(new Folder(), { name: 'new' });
      await expect(fresh.softDelete()).rejects.toThrow(DoesNotExistError);
      expect(fresh.isDeleted).toBe(false);
    }));

  test('in bulk: softDelete counts the living, restore the deleted, delete is for good', () =>
    run(async () => {
      expect(await Note.objects.softDelete()).toBe(2);
      expect(await Note.objects.softDelete()).toBe(0);
      expect(await Note.objects.filter({ title__startswith: 'a' }).restore()).toBe(2);
      expect(await notes(Note.objects)).toEqual(['a1', 'a2']);
      expect(await Note.objects.delete()).toBe(2);
      expect(await notes(Note.objects.withDeleted())).toEqual(['b1']);
      await (await Note.objects.onlyDeleted().get()).delete();
      expect(await Note.objects.withDeleted().count()).toBe(0);
    }));

  test('a unique value stays taken', () =>
    run(() => expect(Folder.objects.create({ name: 'a' })).rejects.toThrow(UniqueViolationError)));

  test('touch writes the automatic times and nothing that was changed', () =>
    run(async () => {
      const folder = await Folder.objects.get({ name: 'b' });
      const past = new Date('2026-01-01T00:00:00Z');
      await Folder.objects.update({ updatedAt: past });
      folder.name = 'changed';
      await folder.touch();
      const stored = await run(() => Folder.objects.get({ id: folder.id }));
      expect([stored.name, stored.updatedAt]).toEqual(['b', folder.updatedAt]);
      expect(stored.updatedAt.getTime()).toBeGreaterThan(past.getTime());
      const note = await Note.objects.get({ title: 'b1' });
      expect((await note.touch()).version).toBe(2);
    }));
});

test('models without it refuse what belongs to it', async () => {
  // @ts-expect-error not soft-deleted
  expect(() => Tag.objects.withDeleted()).toThrow(InvalidLookupError);
  // @ts-expect-error not soft-deleted
  expect(() => Tag.objects.onlyDeleted()).toThrow(InvalidLookupError);
  // @ts-expect-error not soft-deleted
  await expect(Tag.objects.softDelete()).rejects.toThrow(InvalidLookupError);
  // @ts-expect-error not soft-deleted
  await expect(Tag.objects.restore()).rejects.toThrow(InvalidLookupError);
  // @ts-expect-error no column
  expect(() => Folder.objects.filter({ isDeleted: true })).toThrow(InvalidLookupError);
  expect([isSoftDeletable(new Tag()), isSoftDeletable(new Folder())]).toEqual([false, true]);
});

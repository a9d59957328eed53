import { type FileStorage, UploadedFile } from '@core-framework/common';
import type { FieldDefinition, ModelDefinition } from '@core-framework/orm';
import type { CompiledAction } from '../compiler/compiled-action.js';
import type { BulkChange } from '../bulk/bulk-reader.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { acceptedUpload } from './upload-rules.js';

/** Files that a request has stored, and those that it makes superfluous. */
export interface FileChanges {
  /** Takes back what was stored: the rows that were to have it were not written. */
  discard(): Promise<void>;
  /** Removes what no row has any more. */
  removeReplaced(): Promise<void>;
}

/** A row and what is written into it. */
export interface FileCandidate {
  readonly input?: object;
  readonly instance?: object;
}

type Values = Record<string, unknown>;

/** Whether rows of a model have files. */
export function hasFiles({ fields }: ModelDefinition): boolean {
  return [...fields.values()].some(({ file }) => file);
}

/** Moves the files of requests to and from the storage, around the transaction in which their keys are written. */
export class FileFields {
  readonly #fields: readonly FieldDefinition[];

  constructor(
    private readonly model: ModelDefinition,
    private readonly storage: FileStorage,
  ) {
    this.#fields = [...model.fields.values()].filter(({ file }) => file);
  }

  /** Does what has to be done before the rows are written; answers what is left to do afterwards. */
  async prepare(action: CompiledAction, context: ActionContext): Promise<FileChanges | undefined> {
    const { standard, bulk, input } = action;
    if (standard === 'destroy') return this.#ofDeleted([context.instance]);
    if (standard === 'bulkDestroy') return this.#ofDeleted(context.input as readonly object[]);
    if (bulk) {
      const items = context.input as readonly (object | BulkChange)[];
      return this.#store(items.map((item) => (standard === 'bulkCreate' ? { input: item } : (item as BulkChange))));
    }
    if (!input) return undefined;
    return this.#store([{ input: context.input, ...(context.hasInstance && { instance: context.instance }) }]);
  }

  /** Stores the files of inputs and puts their keys in their place. */
  async #store(candidates: readonly FileCandidate[]): Promise<FileChanges> {
    const stored: string[] = [];
    const replaced: string[] = [];
    const changes = this.#changes(stored, replaced);
    try {
      for (const { input, instance } of candidates) {
        for (const field of this.#fields) {
          const value = input && (input as Values)[field.name];
          if (value === undefined) continue;
          const old = instance && (instance as Values)[field.name];
          if (typeof old === 'string' && old) replaced.push(old);
          if (!(value instanceof UploadedFile)) continue;
          const key = await this.storage.save(value.stream(), {
            directory: field.file?.uploadTo ?? this.#directoryOf(field),
            ...(acceptedUpload(value) ?? { extension: '' }),
          });
          stored.push(key);
          (input as Values)[field.name] = key;
        }
      }
    } catch (error) {
      await changes.discard();
      throw error;
    }
    return changes;
  }

  /** The files of rows that are about to be deleted for good. */
  #ofDeleted(instances: readonly object[]): FileChanges | undefined {
    if (this.model.deletedField) return undefined;
    const keys = instances.flatMap((row) => this.#fields.map(({ name }) => (row as Values)[name]));
    return this.#changes(
      [],
      keys.filter((key): key is string => typeof key === 'string' && key !== ''),
    );
  }

  #changes(stored: readonly string[], replaced: readonly string[]): FileChanges {
    const remove = async (keys: readonly string[]): Promise<void> => {
      // The answer stands; a file that cannot be removed now is only a file too many.
      await Promise.allSettled(keys.map((key) => this.storage.delete(key)));
    };
    return { discard: () => remove(stored), removeReplaced: () => remove(replaced) };
  }

  #directoryOf({ name }: FieldDefinition): string {
    return `${this.model.tableName}/${name}`;
  }
}

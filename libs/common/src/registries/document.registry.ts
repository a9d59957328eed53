import { Injectable } from '@nestjs/common';

/** What documents say of the application as a whole. */
export interface DocumentInfo {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** A machine-readable description of the application, beside that of its HTTP interface. */
export interface ServedDocument {
  /** Its file name: `asyncapi.json`. */
  readonly path: string;
  /** Makes it; called on the first request for it. */
  make(info: DocumentInfo): object;
}

/** Where packages announce documents; the platform serves them beside `/openapi.json`. */
@Injectable()
export class DocumentRegistry {
  readonly #documents: ServedDocument[] = [];

  /** To be called in a constructor: routes are made before modules are initialised. */
  register(document: ServedDocument): void {
    this.#documents.push(document);
  }

  get documents(): readonly ServedDocument[] {
    return this.#documents;
  }
}

import { Injectable } from '@nestjs/common';

/** The parts of an OpenAPI 3.1 document that contributors work on. */
export interface OpenApiDocument {
  openapi: string;
  info: Record<string, unknown>;
  paths: Record<string, Record<string, unknown>>;
  components?: Record<string, Record<string, unknown>>;
  tags?: { name: string; description?: string }[];
  [key: string]: unknown;
}

/** Completes the document in place, after the routes of plain controllers are in it. */
export type OpenApiContributor = (document: OpenApiDocument) => void;

/** Where packages announce what they know of the API; the platform serves the document, made once on first use. */
@Injectable()
export class OpenApiRegistry {
  readonly #contributors: OpenApiContributor[] = [];

  register(contributor: OpenApiContributor): void {
    this.#contributors.push(contributor);
  }

  get contributors(): readonly OpenApiContributor[] {
    return this.#contributors;
  }
}

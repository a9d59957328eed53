import type { CompiledAction } from '../compiler/compiled-action.js';
import { isSafe } from '../options/http-verb.js';
import { linkWith, originOf } from '../pagination/page-link.js';
import type { Resource } from '../resource/resource.js';
import type { CompiledOutput, Representation } from '../schemas/output.compiler.js';
import type { Row } from '../schemas/output-property.js';
import type { Presenter } from '../schemas/presenter.js';
import { envelopeOf, isEnvelope } from '../responses/envelope.js';
import type { ActionContext } from './action-context.js';
import { isUnchanged, versionTag } from './version-tag.js';

/** An answer that is ready to be sent, made while the transaction is still open. */
export interface PreparedAnswer {
  readonly body: unknown;
  /** Writes {@link body}; absent when it is written as any JSON. */
  readonly write?: () => string;
  /** Of a page, its rows and what else it says. */
  readonly page?: { readonly body: unknown; readonly write: () => string; readonly meta: object };
  readonly version?: unknown;
  /** Value of the lookup field of a row that was created. */
  readonly created?: unknown;
}

/** Makes answers of what an action returns. */
export class Responder {
  constructor(
    private readonly action: CompiledAction,
    private readonly presenter: Presenter,
    private readonly resource: Resource | undefined,
  ) {}

  /** Shows the result; whatever has to be read for that is read now, in the action's transaction. */
  async prepare(result: unknown, context: ActionContext): Promise<PreparedAnswer> {
    const { message } = this.action.route.options ?? {};
    const isEnveloped = this.action.responseFormat === 'envelope' && !isEnvelope(result);
    if (!isEnveloped) return this.#prepare(result, context);
    if (result === undefined && message) return { body: envelopeOf(null, message) };
    const prepared = await this.#prepare(result, context);
    return prepared.body === undefined ? prepared : enveloped(prepared, message);
  }

  async #prepare(result: unknown, context: ActionContext): Promise<PreparedAnswer> {
    const { route } = this.action;
    const output = context.output ?? this.action.output;
    const shape = this.#shapeOf(result, context);
    if (result === undefined && route.options?.message) return { body: { message: route.options.message } };
    if (shape === 'none') return { body: undefined };
    if (shape === 'anything' || !output || result === undefined || result === null) {
      return { body: await this.presenter.present(result) };
    }
    if (shape === 'one') return this.#prepareOne(result as Row, output, context);
    if (shape === 'many' || Array.isArray(result)) {
      const shown = await output.represent(result as readonly Row[]);
      return { body: shown, write: () => writeArray(shown, output) };
    }
    const { rowsMember = '' } = this.action.listing?.pagination ?? {};
    const rows = await output.represent((result as Record<string, readonly Row[]>)[rowsMember] ?? []);
    const { [rowsMember]: _rows, ...meta } = result as Record<string, unknown>;
    const shown = { ...result, [rowsMember]: rows };
    return {
      body: shown,
      write: () => writePage(shown, rowsMember, output),
      page: { body: rows, write: () => writeArray(rows, output), meta },
    };
  }

  /** Sends what was prepared, with the headers that belong to it. */
  send({ body, write, version, created }: PreparedAnswer, context: ActionContext): unknown {
    const { request, reply, method } = context;
    if (created !== undefined) reply.header('location', this.#locationOf(request, created));
    let text: string | undefined;
    if (version !== undefined && version !== null && write) {
      if (!(context.output ?? this.action.output)?.isRowOnly) text = write();
      const tag = versionTag(version, text);
      reply.header('etag', tag);
      if (isSafe(method) && isUnchanged(request, tag)) {
        reply.code(304);
        return undefined;
      }
    }
    if (write) {
      // With a serializer of one's own Fastify no longer says what is sent.
      reply.type('application/json; charset=utf-8');
      // An interceptor may put something else in the body's place; then that is what is written.
      reply.serializer((payload) => (payload === body ? (text ?? write()) : JSON.stringify(payload)));
    }
    return body;
  }

  /** Rows of an action that names no output are shown by the one that the view names for this request. */
  #shapeOf(result: unknown, { output }: ActionContext): CompiledAction['shape'] {
    const { shape } = this.action;
    if (shape !== 'anything' || !output) return shape;
    const row: unknown = Array.isArray(result) ? result[0] : result;
    if (!(row instanceof output.model.model)) return shape;
    return Array.isArray(result) ? 'many' : 'one';
  }

  async #prepareOne(row: Row, output: CompiledOutput, _context: ActionContext): Promise<PreparedAnswer> {
    const [shown] = (await output.represent([row])) as [Representation];
    const isOwnRow = this.resource?.model === output.model;
    return {
      body: shown,
      write: () => output.stringify(shown),
      version: isOwnRow && this.action.standard ? this.resource?.versionOf(row) : undefined,
      created: this.action.standard === 'create' ? row[this.resource?.lookup.field.name ?? ''] : undefined,
    };
  }

  #locationOf(request: ActionContext['request'], value: unknown): string {
    const [path = ''] = linkWith(request, {}).slice(originOf(request).length).split('?');
    return `${path.replace(/\/+$/, '')}/${encodeURIComponent(String(value))}`;
  }
}

/** Puts an answer into an envelope; of a page, the rows are the data. */
function enveloped({ body, write, page, ...rest }: PreparedAnswer, message: string | undefined): PreparedAnswer {
  const data = page ?? { body, write };
  const envelope = envelopeOf(data.body, message, page?.meta);
  if (!data.write) return { ...rest, body: envelope };
  const start = `{"success":true,"message":${JSON.stringify(envelope.message)},"data":`;
  const end = page ? `,"meta":${JSON.stringify(page.meta)}}` : '}';
  return { ...rest, body: envelope, write: () => `${start}${data.write?.()}${end}` };
}

function writeArray(shown: readonly Representation[], output: CompiledOutput): string {
  return `[${shown.map((one) => output.stringify(one)).join(',')}]`;
}

function writePage(page: Readonly<Record<string, unknown>>, rowsMember: string, output: CompiledOutput): string {
  const members = Object.entries(page).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = name === rowsMember ? writeArray(value as readonly Representation[], output) : JSON.stringify(value);
    return [`${JSON.stringify(name)}:${text}`];
  });
  return `{${members.join()}}`;
}

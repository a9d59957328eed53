import type { CompiledAction } from '../compiler/compiled-action.js';
import { isSafe } from '../options/http-verb.js';
import { linkWith, originOf } from '../pagination/page-link.js';
import type { Resource } from '../resource/resource.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';
import type { Representation } from '../schemas/representation.js';
import type { Row } from '../schemas/output-property.js';
import type { Presenter } from '../schemas/presenter.js';
import { envelopeOf, isEnvelope } from '../responses/envelope.js';
import type { ActionContext } from './action-context.js';
import { isLater, type NowOrLater } from './later.js';
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

/** How rows are shown. */
interface Showing {
  readonly shape: CompiledAction['shape'];
  readonly output: CompiledOutput;
}

/** Makes answers of what an action returns. */
export class Responder {
  constructor(
    private readonly action: CompiledAction,
    private readonly presenter: Presenter,
    private readonly resource: Resource | undefined,
  ) {}

  /** Shows the result; whatever has to be read for that is read now, in the action's transaction. */
  prepare(result: unknown, context: ActionContext): NowOrLater<PreparedAnswer> {
    const { message } = this.action.route.options ?? {};
    const isEnveloped = this.action.responseFormat === 'envelope' && !isEnvelope(result);
    if (!isEnveloped) return this.#prepare(result, context);
    if (result === undefined && message) return { body: envelopeOf(null, message) };
    const wrap = (prepared: PreparedAnswer) => (prepared.body === undefined ? prepared : enveloped(prepared, message));
    const prepared = this.#prepare(result, context);
    return isLater(prepared) ? prepared.then(wrap) : wrap(prepared);
  }

  #prepare(result: unknown, context: ActionContext): NowOrLater<PreparedAnswer> {
    const { route } = this.action;
    const output = context.output ?? this.action.output;
    const shape = this.#shapeOf(result, context);
    if (result === undefined && route.options?.message) return { body: { message: route.options.message } };
    if (shape === 'none') return { body: undefined };
    if (shape === 'anything' || !output || result === undefined || result === null) {
      return this.presenter.present(result).then((body) => ({ body }));
    }
    const rows = shape === 'one' ? [result as Row] : this.#rowsOf(result, shape);
    const shown = output.represent(rows);
    const answer = (known: Representation[]) => this.#answer(result, known, { shape, output });
    return isLater(shown) ? shown.then(answer) : answer(shown);
  }

  #rowsOf(result: unknown, shape: CompiledAction['shape']): readonly Row[] {
    if (shape === 'many' || Array.isArray(result)) return result as readonly Row[];
    return (result as Record<string, readonly Row[]>)[this.#rowsMember] ?? [];
  }

  get #rowsMember(): string {
    return this.action.listing?.pagination?.rowsMember ?? '';
  }

  #answer(result: unknown, rows: readonly Representation[], { shape, output }: Showing): PreparedAnswer {
    if (shape === 'one') return this.#oneAnswer(result as Row, rows[0] as Representation, output);
    const writeRows = () => writeArray(rows, output);
    if (shape === 'many' || Array.isArray(result)) return { body: rows, write: writeRows };
    const rowsMember = this.#rowsMember;
    const { [rowsMember]: _rows, ...meta } = result as Record<string, unknown>;
    const shown = { ...(result as object), [rowsMember]: rows };
    return {
      body: shown,
      write: () => writePage(shown, rowsMember, output),
      page: { body: rows, write: writeRows, meta },
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

  #oneAnswer(row: Row, shown: Representation, output: CompiledOutput): PreparedAnswer {
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
    return `${path.replace(/(?<!\/)\/+$/, '')}/${encodeURIComponent(String(value))}`;
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
  let text = '[';
  for (let index = 0; index < shown.length; index++) {
    if (index > 0) text += ',';
    text += output.stringify(shown[index] as Representation);
  }
  return `${text}]`;
}

function writePage(page: Readonly<Record<string, unknown>>, rowsMember: string, output: CompiledOutput): string {
  let text = '{';
  for (const name of Object.keys(page)) {
    const value = page[name];
    if (value === undefined) continue;
    if (text.length > 1) text += ',';
    const written =
      name === rowsMember ? writeArray(value as readonly Representation[], output) : JSON.stringify(value);
    text += `${JSON.stringify(name)}:${written}`;
  }
  return `${text}}`;
}

import { ANONYMOUS, AUTHENTICATOR, type Authenticator, type Principal } from '@core-framework/common';
import { DATABASE, type Database, runInContext } from '@core-framework/orm';
import {
  type DynamicModule,
  ForbiddenException,
  HttpException,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  UnauthorizedException,
} from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InvalidTaskOptionError, MissingTaskPackageError } from '../errors/tasks.errors.js';
import { TaskService } from '../producing/task.service.js';
import { RedisTaskBackend } from './redis.js';

/** Options of {@link TaskBoardModule.forRoot}. */
export interface TaskBoardOptions {
  /** Where it is served, below no prefix. @defaultValue '/admin/queues' */
  readonly path?: string;
  /** The queues that it shows. @defaultValue those of the tasks that this process knows */
  readonly queues?: readonly string[];
  /** Whether it only shows: else tasks can be tried again and removed with it. @defaultValue true */
  readonly readOnly?: boolean;
  /** Who may see it. @defaultValue staff */
  readonly allow?: (principal: Principal) => boolean | Promise<boolean>;
}

/** What Bull Board's pages need of a browser that the application's own policy does not allow. */
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

@Injectable()
class TaskBoard implements OnApplicationBootstrap {
  readonly #logger = new Logger('Tasks');

  constructor(
    private readonly options: Required<Omit<TaskBoardOptions, 'queues'>> & Pick<TaskBoardOptions, 'queues'>,
    private readonly host: HttpAdapterHost,
    private readonly service: TaskService,
    private readonly modules: ModuleRef,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { backend, tasks } = this.service;
    const server: unknown = this.host.httpAdapter?.getInstance();
    if (!server) return;
    if (!(backend instanceof RedisTaskBackend)) {
      return this.#logger.log(
        `There is no board of queues: they are kept by "${backend.name}", which it does not show.`,
      );
    }
    const { path, queues = [...new Set(tasks.map(({ queue }) => queue))], readOnly } = this.options;
    const { BullMQAdapter, createBullBoard, FastifyAdapter } = await boardPackages();
    const adapter = new FastifyAdapter().setBasePath(path);
    createBullBoard({
      queues: queues.map((queue) => new BullMQAdapter(backend.native(queue), { readOnlyMode: readOnly })),
      serverAdapter: adapter,
      options: { uiConfig: { boardTitle: 'Tasks' } },
    });
    await (server as FastifyInstance).register(async (scope) => {
      scope.addHook('onRequest', (request, reply) => this.#admit(request, reply));
      await scope.register(adapter.registerPlugin(), { prefix: path });
    });
  }

  async #admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const authenticator = this.#authenticator();
    try {
      const principal = await this.#identify(request, authenticator);
      if (await this.options.allow(principal)) {
        return void reply.header('content-security-policy', POLICY).header('cache-control', 'no-store');
      }
      throw principal.isAuthenticated ? new ForbiddenException() : new UnauthorizedException();
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      if (error.getStatus() === 401) reply.header('www-authenticate', authenticator?.challenge ?? 'Bearer');
      return reply.code(error.getStatus()).send({ detail: error.message });
    }
  }

  async #identify(request: FastifyRequest, authenticator: Authenticator | undefined): Promise<Principal> {
    const database = this.modules.get<Database>(DATABASE, { strict: false });
    return (await runInContext(async () => authenticator?.authenticate(request), { database })) ?? ANONYMOUS;
  }

  #authenticator(): Authenticator | undefined {
    try {
      return this.modules.get<Authenticator>(AUTHENTICATOR, { strict: false });
    } catch {
      return undefined;
    }
  }
}

async function boardPackages() {
  try {
    const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/fastify'),
    ]);
    return { createBullBoard, BullMQAdapter, FastifyAdapter };
  } catch (cause) {
    throw new MissingTaskPackageError('The board of queues', '@bull-board/api @bull-board/fastify', cause);
  }
}

/**
 * Serves Bull Board for the queues of `TASK_BACKEND=redis`: for staff, by whatever shows who a caller is. With another
 * backend there is nothing to show, and nothing is served.
 */
@Module({})
export class TaskBoardModule {
  /** @throws InvalidTaskOptionError when the path is none. */
  static forRoot(options: TaskBoardOptions = {}): DynamicModule {
    const { path = '/admin/queues', readOnly = true, allow = ({ isStaff }: Principal) => isStaff, queues } = options;
    if (!/^(\/[\w.-]+)+$/.test(path)) {
      throw new InvalidTaskOptionError(`The board of queues has the path "${path}".`, "Write it like '/admin/queues'.");
    }
    return {
      module: TaskBoardModule,
      providers: [
        {
          provide: TaskBoard,
          inject: [HttpAdapterHost, TaskService, ModuleRef],
          useFactory: (host: HttpAdapterHost, service: TaskService, modules: ModuleRef) =>
            new TaskBoard({ path, readOnly, allow, ...(queues && { queues }) }, host, service, modules),
        },
      ],
    };
  }
}

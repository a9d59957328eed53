/** The same resource as the documentation of Nest and MikroORM teaches it: controller, DTOs, repository, entities sent. */
import 'reflect-metadata';
import { EntityRepository } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { InjectRepository, MikroOrmModule } from '@mikro-orm/nestjs';
import { EntityManager, PostgreSqlDriver } from '@mikro-orm/postgresql';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Patch,
  Post as HttpPost,
  Query,
  Req,
  UnauthorizedException,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { FastifyRequest } from 'fastify';

@Entity({ tableName: 'posts' })
class Post {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'datetime', length: 3, onCreate: () => new Date() }) createdAt!: Date;
  @Property({ type: 'datetime', length: 3, onCreate: () => new Date(), onUpdate: () => new Date() }) updatedAt!: Date;
  @Property({ type: 'string', length: 200 }) title!: string;
  @Property({ type: 'string', length: 200, unique: true }) slug!: string;
  @Property({ type: 'text' }) content!: string;
  @Index() @Property({ type: 'boolean' }) isPublished: boolean = false;
  @Index() @Property({ type: 'integer' }) viewsCount: number = 0;
  @Property({ type: 'integer', fieldName: 'author_id' }) author!: number;
}

class CreatePostDto {
  @IsString() @MaxLength(200) title!: string;
  @IsString() @MaxLength(200) slug!: string;
  @IsString() content!: string;
  @IsInt() author!: number;
}

class UpdatePostDto {
  @IsOptional() @IsString() @MaxLength(200) title?: string;
  @IsOptional() @IsString() content?: string;
}

class ListPostsDto {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) page: number = 1;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) pageSize: number = 20;
  @IsOptional() @Transform(({ value }) => value === 'true') @IsBoolean() isPublished?: boolean;
  @IsOptional() @Type(() => Number) @IsInt() viewsCount__gte?: number;
  @IsOptional() @IsIn(['createdAt', '-createdAt', 'viewsCount', '-viewsCount']) ordering?: string;
}

type WithUser = FastifyRequest & { user?: number };

@Injectable()
class AuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<WithUser>();
    const [, id] = /^Bearer (\d+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (id === undefined) throw new UnauthorizedException();
    request.user = Number(id);
    return true;
  }
}

@Injectable()
class PostsService {
  constructor(
    @InjectRepository(Post) private readonly posts: EntityRepository<Post>,
    private readonly em: EntityManager,
  ) {}

  async findAll({ page, pageSize, isPublished, viewsCount__gte, ordering = 'id' }: ListPostsDto) {
    const [results, count] = await this.posts.findAndCount(
      {
        author: { $gt: 0 },
        viewsCount: { $gte: Math.max(0, viewsCount__gte ?? 0) },
        ...(isPublished !== undefined && { isPublished }),
      },
      {
        limit: pageSize,
        offset: (page - 1) * pageSize,
        orderBy: [{ [ordering.replace('-', '')]: ordering.startsWith('-') ? 'desc' : 'asc' }, { id: 'asc' }],
      },
    );
    return { count, page, results };
  }

  async findSome({ page, pageSize }: ListPostsDto) {
    const results = await this.posts.find(
      { author: { $gt: 0 }, viewsCount: { $gte: 0 } },
      { limit: pageSize + 1, offset: (page - 1) * pageSize, orderBy: { id: 'asc' } },
    );
    return { page, hasNext: results.length > pageSize, results: results.slice(0, pageSize) };
  }

  async findOne(id: number) {
    const post = await this.posts.findOne({ id, author: { $gt: 0 }, viewsCount: { $gte: 0 } });
    if (!post) throw new NotFoundException();
    return post;
  }

  async create(dto: CreatePostDto) {
    const post = this.posts.create(dto as never);
    await this.em.flush();
    return post;
  }

  async update(id: number, user: number | undefined, dto: UpdatePostDto) {
    const post = await this.findOne(id);
    if (post.author !== user) throw new ForbiddenException();
    this.posts.assign(post, dto);
    await this.em.flush();
    return post;
  }
}

@Controller('uncounted-posts')
class UncountedPostsController {
  constructor(private readonly posts: PostsService) {}

  @Get()
  findSome(@Query() query: ListPostsDto) {
    return this.posts.findSome(query);
  }
}

@Controller('posts')
class PostsController {
  constructor(private readonly posts: PostsService) {}

  @Get()
  findAll(@Query() query: ListPostsDto) {
    return this.posts.findAll(query);
  }

  @Get(':id')
  findOne(@Param('id', ParseIntPipe) id: number) {
    return this.posts.findOne(id);
  }

  @HttpPost()
  @UseGuards(AuthGuard)
  create(@Body() dto: CreatePostDto) {
    return this.posts.create(dto);
  }

  @Patch(':id')
  @UseGuards(AuthGuard)
  update(@Param('id', ParseIntPipe) id: number, @Req() request: WithUser, @Body() dto: UpdatePostDto) {
    return this.posts.update(id, request.user, dto);
  }
}

@Module({
  imports: [
    MikroOrmModule.forRoot({
      driver: PostgreSqlDriver,
      clientUrl: process.env.DATABASE_URL,
      entities: [Post],
      metadataProvider: ReflectMetadataProvider,
      pool: { max: 10 },
    }),
    MikroOrmModule.forFeature([Post]),
  ],
  controllers: [PostsController, UncountedPostsController],
  providers: [PostsService],
})
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: ['error'] });
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
await app.listen(0, '127.0.0.1');
console.log(`ready ${await app.getUrl()}`);

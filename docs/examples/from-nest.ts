import { AbstractUser, AuthenticatedGuard, AuthModule, CurrentUser, PermissionsMixin } from '@core-framework/auth';
import type { Principal } from '@core-framework/common';
import { CoreSettings, SettingsModule } from '@core-framework/config';
import { BaseModel, CoreOrmModule, Field, InjectManager, type Manager, Model } from '@core-framework/orm';
import { AllowAny, IsAuthenticated, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import {
  Body,
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  UseGuards,
} from '@nestjs/common';
import { IsInt, IsString, MaxLength, Min } from 'class-validator';

class CreateCatDto {
  @IsString() @MaxLength(80) name!: string;
  @IsInt() @Min(0) age!: number;
}

/** What stands in a service of plain Nest, whichever way it stores. */
abstract class CatsService {
  abstract create(input: CreateCatDto): Promise<object>;
  abstract findAll(): Promise<object[]>;
  abstract findOne(id: number): Promise<object>;
  abstract update(id: number, input: Partial<CreateCatDto>): Promise<object>;
  abstract remove(id: number): Promise<void>;
}

@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}

  @Post()
  @UseGuards(AuthenticatedGuard)
  create(@Body() input: CreateCatDto) {
    return this.cats.create(input);
  }

  @Get()
  findAll() {
    return this.cats.findAll();
  }

  @Get(':id')
  findOne(@Param('id', ParseIntPipe) id: number) {
    return this.cats.findOne(id);
  }

  @Patch(':id')
  @UseGuards(AuthenticatedGuard)
  update(@Param('id', ParseIntPipe) id: number, @Body() input: CreateCatDto) {
    return this.cats.update(id, input);
  }

  @Delete(':id')
  @UseGuards(AuthenticatedGuard)
  remove(@Param('id', ParseIntPipe) id: number) {
    return this.cats.remove(id);
  }
}

@Model()
export class Cat extends BaseModel {
  declare static readonly objects: Manager<Cat>;

  @Field.string({ maxLength: 80 }) name!: string;
  @Field.integer({ min: 0, max: 40 }) age!: number;
}

@ViewSet({
  path: 'cats',
  model: Cat,
  permissions: [IsAuthenticated],
  permissionsByAction: { list: [AllowAny], retrieve: [AllowAny] },
  filter: ['age'],
})
export class CatViewSet extends ModelViewSet<Cat> {}

@Injectable()
export class KittensService {
  constructor(@InjectManager(Cat) private readonly cats: Manager<Cat>) {}

  count(): Promise<number> {
    return this.cats.filter({ age__lt: 1 }).count();
  }
}

@Controller('kittens')
@UseGuards(AuthenticatedGuard)
export class KittensController {
  constructor(private readonly kittens: KittensService) {}

  @Get()
  async count(@CurrentUser() user: Principal) {
    return { asked: user.id, kittens: await this.kittens.count() };
  }
}

@Module({
  imports: [CoreOrmModule.forFeature([Cat]), ViewSetModule.forFeature([CatViewSet])],
  controllers: [KittensController],
  providers: [KittensService],
})
export class CatsModule {}

export class AppSettings extends CoreSettings {
  /** Read from VET_API_KEY; missing, the application does not start. */
  @IsString() vetApiKey!: string;
}

@Model({ tableName: 'users' })
export class User extends PermissionsMixin(AbstractUser) {}

@Module({
  imports: [
    SettingsModule.forRoot(AppSettings),
    CoreOrmModule.forRoot({ migrations: new URL('./migrations/', import.meta.url), schema: 'migrate' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User }),
    CatsModule,
  ],
})
export class AppModule {}

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { OpenApiRegistry, type OpenApiDocument, type Principal } from '@core-framework/common';
import { BaseModel, Field, type Manager, Model, type Ref } from '@core-framework/orm';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Action } from '../decorators/action.decorator.js';
import { Instance } from '../decorators/parameter.decorators.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { IsOwner } from '../permissions/parameterised.permissions.js';
import { AllowAny, IsAuthenticated } from '../permissions/standard.permissions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { TestApp } from '../testing/test-app.js';
import { ApiView } from '../views/api.view.js';
import { ModelViewSet } from '../views/model.viewset.js';

@Model()
class Team extends BaseModel {
  declare static readonly objects: Manager<Team>;
  @Field.slug({ unique: true }) slug!: string;
  @Field.integer({ default: 0 }) owner!: number;
  @Field.boolean({ default: false }) isSecret!: boolean;
}

@Model()
class Project extends BaseModel {
  declare static readonly objects: Manager<Project>;
  @Field.string() title!: string;
  @Field.foreignKey(() => Team) team!: Ref<Team>;
}

@Model()
class Issue extends BaseModel {
  declare static readonly objects: Manager<Issue>;
  @Field.string() text!: string;
  @Field.foreignKey(() => Project) project!: Ref<Project>;
}

@ViewSet({ model: Team, lookupField: 'slug', permissions: [IsAuthenticated] })
class TeamViewSet extends ModelViewSet<Team> {
  override scope(principal: Principal) {
    return principal.isStaff ? undefined : { isSecret: false };
  }
}

@ViewSet({ model: Project, permissions: [AllowAny], filter: ['title'] })
class ProjectViewSet extends ModelViewSet<Project> {
  @Action({ method: 'POST' })
  async rename(@Instance() project: Project) {
    project.title = 'renamed';
    await project.save();
    return project;
  }

  @Action()
  keys({ parentKey }: ActionContext) {
    return { parentKey };
  }
}

@ViewSet<Project>({ parent: { viewset: TeamViewSet, field: 'team' } })
class TeamProjectViewSet extends ProjectViewSet {}

@ViewSet({
  model: Issue,
  path: 'issues',
  permissions: [AllowAny],
  parent: { viewset: TeamProjectViewSet, field: 'project' },
})
class IssueViewSet extends ModelViewSet<Issue> {}

@ViewSet({ path: 'owned', model: Team, permissions: [AllowAny], permissionsByAction: { retrieve: [IsOwner('owner')] } })
class OwnedTeamViewSet extends ModelViewSet<Team> {}

@ViewSet({ model: Project, permissions: [AllowAny], parent: { viewset: OwnedTeamViewSet, field: 'team' } })
class OwnedProjectViewSet extends ModelViewSet<Project> {}

/** What the tests look at in an operation of the API's document. */
interface Operation {
  readonly parameters: readonly { readonly name: string; readonly schema: { readonly type: string } }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: { readonly $ref: string } } };
  };
}

const operationOf = ({ paths }: OpenApiDocument, path: string, verb: string) => paths[path]?.[verb] as Operation;

describe('nested ViewSets', () => {
  let shop: TestApp;
  let red: Team;
  let blue: Team;
  const call: TestApp['call'] = (method, path, options) => shop.call(method, path, { as: '1', ...options });
  const status = async (...request: Parameters<TestApp['call']>) => (await call(...request)).status;

  beforeAll(async () => {
    const views = [
      TeamViewSet,
      ProjectViewSet,
      TeamProjectViewSet,
      IssueViewSet,
      OwnedTeamViewSet,
      OwnedProjectViewSet,
    ];
    shop = await TestApp.start({ views, models: [Team, Project, Issue] });
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.work(async () => {
      for (const model of [Issue, Project, Team]) await model.objects.delete();
      red = await Team.objects.create({ slug: 'red', owner: 1 });
      blue = await Team.objects.create({ slug: 'blue', owner: 2 });
      const secret = await Team.objects.create({ slug: 'secret', isSecret: true });
      for (const [title, team] of [
        ['r', red],
        ['b', blue],
        ['s', secret],
      ] as const)
        await Project.objects.create({ title, team });
    }),
  );
  const projectOf = (title: string) => shop.work(() => Project.objects.get({ title }));

  test('serve the rows of the parent that the path names', async () => {
    const { body } = await call('GET', '/teams/red/projects');
    expect([body.count, body.results.map(({ title }: Project) => title)]).toEqual([1, ['r']]);
    expect((await call('GET', '/teams/red/projects?title=b')).body.count).toBe(0);
    expect((await call('GET', '/projects')).body.count).toBe(3);
  });

  test('answer 404 below a parent that is missing or out of scope', async () => {
    for (const team of ['missing', 'secret']) {
      const { id } = await projectOf('s');
      for (const [method, path, body] of [
        ['GET', ''],
        ['POST', '', { title: 'new' }],
        ['GET', `/${id}`],
        ['PATCH', `/${id}`, { title: 'new' }],
        ['DELETE', `/${id}`],
        ['POST', `/${id}/rename`],
        ['GET', '/keys'],
      ] as const) {
        expect([method, path, await status(method, `/teams/${team}/projects${path}`, { body })]).toEqual([
          method,
          path,
          404,
        ]);
      }
    }
    expect(await status('GET', '/teams/secret/projects', { as: '9 staff' })).toBe(200);
    expect(await shop.work(() => Project.objects.count())).toBe(3);
  });

  test('ask who may read the parent', async () => {
    expect(await status('GET', '/teams/red/projects', { as: undefined })).toBe(401);
    expect(await status('GET', `/owned/${red.id}/projects`)).toBe(200);
    expect(await status('GET', `/owned/${blue.id}/projects`)).toBe(404);
    expect((await call('GET', '/owned/x/projects')).body.detail).toMatchObject({ error: 'invalid_lookup_value' });
  });

  test('find no object of another parent', async () => {
    const { id } = await projectOf('b');
    expect(await status('GET', `/teams/red/projects/${id}`)).toBe(404);
    expect(await status('PATCH', `/teams/red/projects/${id}`, { body: { title: 'x' } })).toBe(404);
    expect(await status('DELETE', `/teams/red/projects/${id}`)).toBe(404);
    expect(await status('POST', `/teams/red/projects/${id}/rename`)).toBe(404);
    expect((await call('POST', `/teams/blue/projects/${id}/rename`)).body.title).toBe('renamed');
  });

  test('let the path win over the body', async () => {
    const made = await call('POST', '/teams/red/projects', { body: { title: 'new', team: blue.id } });
    expect([made.status, made.body.team]).toEqual([201, red.id]);
    expect(made.headers.location).toBe(`/teams/red/projects/${made.body.id}`);
    const changed = await call('PATCH', made.headers.location as string, { body: { team: blue.id, title: 'newer' } });
    expect(changed.body).toMatchObject({ title: 'newer', team: red.id });
    const nonsense = await call('PUT', made.headers.location as string, { body: { team: 'x', title: 'newest' } });
    expect(nonsense.body).toMatchObject({ title: 'newest', team: red.id });
    expect((await call('GET', '/teams/red/projects/keys')).body).toEqual({ parentKey: red.id });
  });

  test('nest deeper, each level held to the one above', async () => {
    const { id } = await projectOf('r');
    const made = await call('POST', `/teams/red/projects/${id}/issues`, { body: { text: 't' } });
    expect([made.status, made.body.project]).toEqual([201, id]);
    expect((await call('GET', `/teams/red/projects/${id}/issues`)).body.count).toBe(1);
    expect(await status('GET', `/teams/blue/projects/${id}/issues`)).toBe(404);
    expect(await status('GET', `/teams/secret/projects/${id}/issues`)).toBe(404);
  });

  test('cost one query more per level', async () => {
    await call('GET', '/teams/red/projects');
    expect(await shop.count(() => call('GET', '/teams/red/projects'))).toBe(3);
  });

  test('are documented with their path and without the field of the parent', () => {
    const document = SwaggerModule.createDocument(
      shop.app,
      new DocumentBuilder().build(),
    ) as unknown as OpenApiDocument;
    for (const contribute of shop.app.get(OpenApiRegistry).contributors) contribute(document);
    const { parameters, requestBody } = operationOf(document, '/teams/{team_slug}/projects', 'post');
    expect(parameters).toMatchObject([{ name: 'team_slug', in: 'path', schema: { type: 'string' } }]);
    const name = requestBody?.content['application/json'].schema.$ref.split('/').at(-1) ?? '';
    expect(document.components?.['schemas']?.[name]).toMatchObject({ required: ['title'] });
    expect(JSON.stringify(document.components?.['schemas']?.[name])).not.toContain('team');
    const deep = operationOf(document, '/teams/{team_slug}/projects/{project_id}/issues/{id}', 'get');
    expect(deep.parameters.map((one) => [one.name, one.schema.type])).toEqual([
      ['team_slug', 'string'],
      ['project_id', 'integer'],
      ['id', 'integer'],
    ]);
  });

  test.each([
    ['a field that leads elsewhere', { viewset: TeamViewSet, field: 'title' as never }, 'VIEWSET_UNKNOWN_FIELD'],
    ['a parent without a model', { viewset: ApiView, field: 'team' as const }, 'VIEWSET_INVALID_OPTION'],
    ['a parent that was not registered', { viewset: TeamViewSet, field: 'team' as const }, 'VIEWSET_INVALID_OPTION'],
  ])('do not start with %s', async (_, parent, code) => {
    const start = async () => {
      @ViewSet<Project>({ model: Project, parent })
      class Wrong extends ModelViewSet<Project> {}
      await TestApp.start({ views: [Wrong], models: [Team, Project, Issue] });
    };
    await expect(start()).rejects.toMatchObject({ code });
  });
});

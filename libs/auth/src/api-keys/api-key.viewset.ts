import { NotFoundException, type Principal } from '@core-framework/common';
import { Action, type ActionContext, InputSchema, PlainViewSet, ViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { ArrayMaxSize, ArrayUnique, IsArray, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { clientInfoOf } from '../events/client-info.js';
import { RecentlySignedIn, RequireSession } from '../permissions/session.permissions.js';
import { API_KEY_LIST, NEW_API_KEY } from '../views/auth.answers.js';
import { AUTH_BODY_LIMIT } from '../views/body-limit.js';
import { ApiKey } from './api-key.model.js';
import { ApiKeys, type ApiKeySummary } from './api-keys.service.js';

const MOST_SCOPES = 100;
const CODENAME = /^[^\s.\0\p{Cs}]+\.[^\s\0\p{Cs}]+$/u;

/** What a new key is made of. */
export class ApiKeyInput extends InputSchema(ApiKey, { pick: ['name', 'expiresAt'] }) {
  /** Codenames that it is limited to. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_SCOPES)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(150, { each: true })
  @Matches(CODENAME, { each: true, message: 'Name permissions as resource.action.' })
  scopes?: string[] | null;
}

/** The caller's own API keys. Only who signed in himself sees them, and a new one asks for a recent sign-in. */
@ViewSet({ path: 'auth', tags: ['Authentication'], permissions: [RequireSession], bodyLimit: AUTH_BODY_LIMIT })
export class ApiKeyViewSet extends PlainViewSet {
  constructor(@Inject(ApiKeys) private readonly keys: ApiKeys) {
    super();
  }

  @Action({ path: 'api-keys', response: API_KEY_LIST, summary: 'List the API keys' })
  async apiKeys({ principal }: ActionContext): Promise<ApiKeySummary[]> {
    return this.keys.list(ownerOf(principal));
  }

  @Action({
    method: 'POST',
    path: 'api-keys',
    status: 201,
    input: ApiKeyInput,
    response: NEW_API_KEY,
    permissions: [RequireSession, RecentlySignedIn()],
    summary: 'Make an API key, which is shown this once',
  })
  async createApiKey({ principal, input, request, reply }: ActionContext<object, ApiKeyInput>) {
    void reply.header('cache-control', 'no-store');
    const { name, expiresAt, scopes } = input;
    return this.keys.create(ownerOf(principal), { name, expiresAt, scopes }, clientInfoOf(request));
  }

  @Action({
    method: 'DELETE',
    path: 'api-keys/:id',
    status: 204,
    params: { id: 'uuid' },
    summary: 'Revoke an API key',
  })
  async revokeApiKey({ principal, params, request }: ActionContext): Promise<void> {
    const revoked = await this.keys.revoke(ownerOf(principal), params.id ?? '', clientInfoOf(request));
    if (!revoked) throw new NotFoundException();
  }
}

/** Its permissions let only users in. */
function ownerOf({ id }: Principal): number | string {
  return id as number | string;
}

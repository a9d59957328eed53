import { Action, type ActionContext, AllowAny, PlainViewSet, ViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { RegisteredClients } from '../clients/registered-clients.js';
import { clientInfoOf } from '../events/client-info.js';
import { TokenStatusService } from '../tokens/token-status.service.js';
import { TOKEN_STATUS } from './auth.answers.js';
import { Text } from './auth.inputs.js';
import { AUTH_BODY_LIMIT } from './body-limit.js';

/** A token that a service asks about, and who the service is unless it says so by HTTP Basic. */
export class TokenInput {
  @Text(16_384) token!: string;
  @IsOptional() @Text(50) token_type_hint?: string;
  @IsOptional() @Text(100) client_id?: string;
  @IsOptional() @Text(200) client_secret?: string;
}

const ROUTE = {
  method: 'POST',
  permissions: [AllowAny],
  transaction: false,
  form: true,
  input: TokenInput,
  responseFormat: 'bare',
} as const;

/** What other services ask about tokens (RFC 7662, RFC 7009). They show who they are, as `AUTH_CLIENTS` says. */
@ViewSet({ path: 'auth/token', tags: ['Authentication'], bodyLimit: AUTH_BODY_LIMIT })
export class TokenViewSet extends PlainViewSet {
  constructor(
    @Inject(RegisteredClients) private readonly clients: RegisteredClients,
    @Inject(TokenStatusService) private readonly status: TokenStatusService,
  ) {
    super();
  }

  @Action({ ...ROUTE, response: TOKEN_STATUS, summary: 'Tell what a token is good for' })
  async introspect({ input, request, reply }: ActionContext<object, TokenInput>) {
    void reply.header('cache-control', 'no-store');
    await this.clients.authenticate(request, input);
    return this.status.introspect(input.token, input.token_type_hint);
  }

  @Action({ ...ROUTE, summary: 'End the session of a token' })
  async revoke({ input, request }: ActionContext<object, TokenInput>): Promise<void> {
    const by = await this.clients.authenticate(request, input);
    await this.status.revoke(input.token, by, clientInfoOf(request));
  }
}

import { BadRequestException, type Principal, UnauthorizedException } from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthBackend } from '../authentication/auth-backend.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import { readApiKey } from './api-key-text.js';
import { ApiKeys } from './api-keys.service.js';

/** Knows programs by the header `X-API-Key`. */
@Injectable()
export class ApiKeyBackend extends AuthBackend {
  readonly name = 'api_key';
  override readonly securityScheme = { type: 'apiKey', in: 'header', name: 'X-API-Key' };

  constructor(
    private readonly keys: ApiKeys,
    private readonly throttle: CredentialThrottle,
  ) {
    super();
  }

  override async identify(request: FastifyRequest): Promise<Principal | null> {
    const { headers } = request;
    const key = headers['x-api-key'];
    if (key === undefined) return null;
    if (headers.authorization !== undefined) {
      throw new BadRequestException('The request carries both an API key and an Authorization header.');
    }
    try {
      return await this.keys.identify(String(key));
    } catch (error) {
      // Only keys that are wrong count: programs show theirs with every request.
      const guessed = readApiKey(String(key))?.id ?? 'none';
      if (error instanceof UnauthorizedException) await this.throttle.attempt(request, `api-key:${guessed}`);
      throw error;
    }
  }
}

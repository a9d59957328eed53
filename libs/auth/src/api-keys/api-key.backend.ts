import { BadRequestException, type Principal } from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthBackend } from '../authentication/auth-backend.js';
import { ApiKeys } from './api-keys.service.js';

/** Knows programs by the header `X-API-Key`. */
@Injectable()
export class ApiKeyBackend extends AuthBackend {
  readonly name = 'api_key';

  constructor(private readonly keys: ApiKeys) {
    super();
  }

  override async identify({ headers }: FastifyRequest): Promise<Principal | null> {
    const key = headers['x-api-key'];
    if (key === undefined) return null;
    if (headers.authorization !== undefined) {
      throw new BadRequestException('The request carries both an API key and an Authorization header.');
    }
    return this.keys.identify(String(key));
  }
}

import { Controller, Get, Ip, Module } from '@nestjs/common';
import { afterEach, expect, test } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CoreFactory } from '../core-factory.js';

@Controller()
class AddressController {
  @Get('ip')
  ip(@Ip() ip: string) {
    return { ip };
  }
}

@Module({ controllers: [AddressController] })
class AddressModule {}

let app: NestFastifyApplication;
afterEach(async () => {
  delete process.env.TRUST_PROXY;
  await app.close();
});

test.each([
  ['', '127.0.0.1'],
  ['false', '127.0.0.1'],
  ['true', '1.1.1.1'],
  ['1', '2.2.2.2'],
  ['127.0.0.0/8', '2.2.2.2'],
  ['10.0.0.1', '127.0.0.1'],
])('TRUST_PROXY=%s makes the client %s', async (setting, expected) => {
  process.env.TRUST_PROXY = setting;
  app = await CoreFactory.create(AddressModule, { logger: false });
  await app.init();
  const answer = await app.inject({ url: '/api/v1/ip', headers: { 'x-forwarded-for': '1.1.1.1, 2.2.2.2' } });
  expect(answer.json()).toEqual({ ip: expected });
});

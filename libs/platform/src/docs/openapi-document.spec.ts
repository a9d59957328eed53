import { OpenApiRegistry } from '@core-framework/common';
import { describe, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { errorFormats } from '../errors/error-formats.js';
import { buildOpenApiDocument } from './openapi-document.js';

@Module({})
class EmptyModule {}

const reference = { schema: { $ref: '#/components/schemas/Error' } };

describe('the errors of a document', () => {
  test('have the shape and the media type of the renderer', async () => {
    const app = await NestFactory.create(EmptyModule, new FastifyAdapter(), { logger: false });
    const registry = new OpenApiRegistry();
    registry.register((document) => {
      document.components = {
        schemas: { Error: { type: 'object' }, ...document.components?.['schemas'] },
        responses: { NotFound: { description: 'x', content: { 'application/json': reference } } },
      };
    });
    const build = (format: keyof typeof errorFormats) =>
      buildOpenApiDocument(app, registry, { title: 't', description: '', version: '1' }, errorFormats[format])
        .components;
    const contentOf = (format: keyof typeof errorFormats) => build(format)?.['responses']?.['NotFound'];
    expect(contentOf('problem')).toMatchObject({ content: { 'application/problem+json': reference } });
    expect(contentOf('envelope')).toMatchObject({ content: { 'application/json': reference } });
    expect(build('problem')?.['schemas']?.['Error']).toEqual(errorFormats.problem.schema);
    expect(build('envelope')?.['schemas']?.['Error']).toEqual(errorFormats.envelope.schema);
    expect(build('detail')?.['schemas']?.['Error']).toEqual(errorFormats.detail.schema);
    await app.close();
  });
});

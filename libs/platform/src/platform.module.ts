import { CommonModule } from '@core-framework/common';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ErrorFilter } from './errors/error.filter.js';
import { ErrorResponder } from './errors/error-responder.js';
import { PLATFORM_OPTIONS, type PlatformOptions } from './platform.options.js';

/**
 * Renders errors. `CoreFactory` imports it by itself; an application that is made with `NestFactory` imports it
 * to get errors in the same shape.
 */
@Module({
  imports: [CommonModule],
  providers: [ErrorResponder, ErrorFilter, { provide: APP_FILTER, useExisting: ErrorFilter }],
  exports: [ErrorResponder],
})
export class PlatformModule {
  static forRoot(options: PlatformOptions = {}): DynamicModule {
    return { module: PlatformModule, providers: [{ provide: PLATFORM_OPTIONS, useValue: options }] };
  }
}

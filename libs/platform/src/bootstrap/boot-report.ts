import type { BootReportRegistry } from '@core-framework/common';
import type { CoreSettings } from '@core-framework/config';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CoreFactoryOptions } from '../platform.options.js';

type Line = readonly [label: string, value: string];

/** Tells where the application listens: a block for people, one line for machines. */
export function writeBootReport(
  app: NestFastifyApplication,
  settings: CoreSettings,
  options: CoreFactoryOptions,
  registry: BootReportRegistry,
): void {
  const origin = `http://${hostForPeople(settings.host)}:${portOf(app) ?? settings.port}`;
  const lines: Line[] = [['API', `${origin}${settings.apiPrefix}`]];
  if (options.docs ?? settings.docsEnabled) lines.push(['Docs', `${origin}/docs`]);
  lines.push(...registry.lines);

  const title = `${options.title ?? settings.appName} ${options.version ?? settings.appVersion} (${settings.environment})`;
  if (settings.logFormat === 'json') new Logger('CoreFactory').log(`${title} is listening`, Object.fromEntries(lines));
  else process.stdout.write(block(title, lines));
}

function block(title: string, lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([label]) => label.length));
  return ['', `  ${title}`, '', ...lines.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`), '', ''].join(
    '\n',
  );
}

/** The address of every interface is none that a browser could open. */
function hostForPeople(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function portOf(app: NestFastifyApplication): number | undefined {
  const address = app.getHttpServer().address();
  return address !== null && typeof address === 'object' ? address.port : undefined;
}

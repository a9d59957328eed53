import type { Server } from 'node:http';
import type { CoreSettings } from '@core-framework/config';
import { Logger } from '@nestjs/common';
import type { CoreFactoryOptions } from '../platform.options.js';

type Line = readonly [label: string, value: string];

/** Tells where the application listens, or what it works on: a block for people, one line for machines. */
export function writeBootReport(
  settings: CoreSettings,
  options: Pick<CoreFactoryOptions, 'title' | 'version'>,
  state: 'is listening' | 'is at work',
  lines: readonly Line[],
): void {
  const title = `${options.title ?? settings.appName} ${options.version ?? settings.appVersion} (${settings.environment})`;
  if (settings.logFormat === 'json') new Logger('CoreFactory').log(`${title} ${state}`, Object.fromEntries(lines));
  else process.stdout.write(block(title, lines));
}

/** Where a server is to be found, for people. */
export function originOf(server: Server, { host, port }: { readonly host: string; readonly port: number }): string {
  const address = server.address();
  const actual = address !== null && typeof address === 'object' ? address.port : port;
  return `http://${hostForPeople(host)}:${actual}`;
}

function block(title: string, lines: readonly Line[]): string {
  const width = Math.max(0, ...lines.map(([label]) => label.length));
  return ['', `  ${title}`, '', ...lines.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`), '', ''].join(
    '\n',
  );
}

/** The address of every interface is none that a browser could open. */
function hostForPeople(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

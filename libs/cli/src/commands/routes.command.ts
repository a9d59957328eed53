import { type RouteDescription, RouteList } from '@core-framework/viewset';
import type { CommandContext } from '../program/command-context.js';
import { defineCommand } from '../program/define-command.js';
import { PROJECT_OPTION } from '../program/options.js';

/** `core routes` */
export function routesCommand(context: CommandContext) {
  return defineCommand('routes', {
    summary: 'List the routes, what answers them and who may call them',
    examples: ['core routes', 'core routes --path posts --method POST', 'core routes --open', 'core routes --json'],
  })
    .option('--path <text>', 'only paths that contain it')
    .option('--method <verb>', 'only one verb')
    .option('--open', 'only what everybody may call')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async ({ path, method, open, json, ...options }) => {
      await using application = await context.application(options);
      await application.withRoutes();
      const routes = application
        .need<RouteList>(RouteList, ['@core-framework/viewset', 'ViewSetModule'])
        .all.filter((route) => path === undefined || route.path.includes(path))
        .filter(({ verb }) => method === undefined || verb === method.toUpperCase())
        .filter(({ isOpen }) => !open || isOpen !== false);
      if (json) return context.terminal.printJson(routes);
      if (!routes.length) return context.terminal.note('No such routes.');
      context.terminal.printTable(routes, [
        ['METHOD', ({ verb }) => verb],
        ['PATH', (route) => route.path],
        ['HANDLER', ({ handler }) => handler ?? '-'],
        ['PERMISSIONS', guards],
      ]);
    });
}

function guards({ permissions, isOpen }: RouteDescription): string {
  if (permissions === undefined) return '-';
  return isOpen ? 'open' : permissions.join(', ');
}

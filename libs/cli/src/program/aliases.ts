/** Other names of commands: those of Laravel's and Fastpy's users, with colons, and short ones. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  serve: ['run'],
  dev: ['run'],
  new: ['init'],
  version: ['--version'],
  libs: ['docs'],
  generate: ['g'],
  rollback: ['db', 'rollback'],
  'route:list': ['routes'],
  'db:make': ['makemigrations'],
  'db:migrate': ['migrate'],
  'db:rollback': ['db', 'rollback'],
  'db:fresh': ['db', 'fresh'],
  'db:seed': ['db', 'seed'],
  'db:status': ['showmigrations'],
  'make:resource': ['g', 'resource'],
  'make:model': ['g', 'model'],
  'make:controller': ['g', 'viewset'],
  'make:route': ['g', 'viewset'],
  'make:viewset': ['g', 'viewset'],
  'make:service': ['g', 'service'],
  'make:repository': ['g', 'repository'],
  'make:middleware': ['g', 'middleware'],
  'make:test': ['g', 'test'],
  'make:factory': ['g', 'factory'],
  'make:seeder': ['g', 'seeder'],
  'make:enum': ['g', 'enum'],
  'make:exception': ['g', 'exception'],
  'make:permission': ['g', 'permission'],
  'make:task': ['g', 'task'],
  'make:consumer': ['g', 'consumer'],
  'make:event': ['g', 'event'],
  'deploy:compose': ['deploy', 'compose'],
  'deploy:docker': ['deploy', 'docker'],
  'deploy:pm2': ['deploy', 'pm2'],
  'deploy:systemd': ['deploy', 'systemd'],
  'deploy:k8s': ['deploy', 'k8s'],
};

/** What a group does when it is told nothing else. */
const STANDARD: Readonly<Record<string, string>> = { tasks: 'list', topics: 'list', dlq: 'list', outbox: 'status' };

/** Puts the real name of a command in the place of an alias, and what a group does when it stands alone. */
export function withoutAlias([name, ...rest]: readonly string[]): readonly string[] {
  if (name === undefined) return [];
  const real = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  if (real) return [...real, ...rest];
  const standard = Object.hasOwn(STANDARD, name) ? STANDARD[name] : undefined;
  const [next = '--'] = rest;
  const standsAlone = standard !== undefined && next.startsWith('-') && next !== '--help' && next !== '-h';
  return standsAlone ? [name, standard, ...rest] : [name, ...rest];
}

/** All aliases, each with what it stands for. */
export const aliases: readonly (readonly [alias: string, command: string])[] = Object.entries(ALIASES).map(
  ([alias, words]) => [alias, words.join(' ')] as const,
);

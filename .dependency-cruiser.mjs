/** Which libs a lib may import; ARCHITECTURE.md says why. `testing` and `cli` may import all. */
const MAY_IMPORT = {
  common: [],
  config: ['common'],
  orm: ['common', 'config'],
  viewset: ['common', 'config', 'orm'],
  auth: ['common', 'config', 'orm', 'viewset'],
  outbox: ['common', 'config', 'orm'],
  messaging: ['common', 'config', 'orm', 'outbox'],
  tasks: ['common', 'config', 'orm', 'outbox'],
  platform: ['common', 'config'],
  'create-core-app': [],
};

const error = (name, from, to) => ({ name, severity: 'error', from, to });
const FRONT_DOOR = '/src/(index|require-node|testing/index|adapters/[^/]+)\\.ts$';
const SPEC = '\\.spec\\.ts$';

const direction = Object.entries(MAY_IMPORT).map(([lib, others]) =>
  error(
    `direction-${lib}`,
    { path: `^libs/${lib}/src/`, pathNot: `/src/adapters/|${SPEC}` },
    { path: '^(libs|apps|test|schematics)/', pathNot: `^libs/(${[lib, ...others].join('|')})/` },
  ),
);

export default {
  forbidden: [
    ...direction,
    error('libs-stay-libs', { path: '^libs/' }, { path: '^(apps|test)/' }),
    error(
      'by-package-name',
      { path: '^(libs|apps)/([^/]+)/' },
      { path: '^libs/[^/]+/src/', pathNot: ['^$1/$2/', FRONT_DOOR] },
    ),
    error('by-package-name-tests', { path: '^test/' }, { path: '^libs/[^/]+/src/', pathNot: FRONT_DOOR }),
    error('no-own-barrel', { path: '^libs/([^/]+)/src/', pathNot: SPEC }, { path: '^libs/$1/src/index\\.ts$' }),
    // Models name each other: a relation has two sides, and both are read late.
    error(
      'no-cycle',
      { pathNot: '\\.model\\.ts$' },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    error(
      'no-test-code',
      { path: '^libs/[^/]+/src/', pathNot: `${SPEC}|/testing/` },
      { path: `${SPEC}|/src/testing/` },
    ),
    error('declared', { path: '^libs/', pathNot: SPEC }, { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }),
    error('resolvable', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(dist|templates)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@core-framework/source', 'types', 'import', 'default'],
    },
  },
};

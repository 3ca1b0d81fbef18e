/** The house's rules of who may know whom (docs/adr/0001-layers.md). */
const layers = [
  ['contracts'],
  ['config', 'sketch'],
  ['observability'],
  ['database', 'transport', 'cache'],
  ['auth', 'limits', 'idempotency', 'outbox', 'audit', 'paging', 'mail'],
  ['bootstrap', 'local-stack', 'testing'],
];
const lib = (names) => `^libs/(${names.join('|')})/`;

const below = (index) =>
  layers
    .slice(0, index)
    .flat()
    .map((name) => `^libs/${name}/`);
const TESTS = '/test/|spec\\.ts$';

/** A lib imports the layers below its own. */
const layerRules = layers.slice(0, -1).map((names, index) => ({
  name: `layer-${index}-looks-down`,
  comment: `${names.join(', ')} may import only what lies below.`,
  severity: 'error',
  from: { path: lib(names), pathNot: TESTS },
  to: { path: '^(apps|libs)/', pathNot: [...below(index), ...names.map((name) => `^libs/${name}/`)] },
}));

/** Inside one lib anything goes, between two siblings nothing does. */
const siblingRules = layers
  .slice(0, -1)
  .filter((names) => names.length > 1)
  .flatMap((names) =>
    names.map((name) => ({
      name: `${name}-knows-no-sibling`,
      comment: 'Siblings of a layer never import each other.',
      severity: 'error',
      from: { path: `^libs/${name}/`, pathNot: TESTS },
      to: { path: lib(names.filter((other) => other !== name)) },
    })),
  );

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two parts that need each other are one part, or talk by event.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and nothing starts is not part of the house.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          '(^|/)(main|index)\\.ts$',
          '/cli/',
          '/jest/',
          '-?spec\\.ts$',
          '/test/',
          '\\.config\\.(mjs|cjs)$',
          '^\\.dependency-cruiser\\.cjs$',
        ],
      },
      to: {},
    },
    ...layerRules,
    ...siblingRules,
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-know-no-other-app',
      comment: 'Services talk over the transport.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-deep-imports',
      comment: "A lib's index.ts is its door.",
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'contracts-are-pure',
      comment: 'Schemas and words: the web and the agent speak them too.',
      severity: 'error',
      from: { path: '^libs/contracts/src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm', 'core'], pathNot: ['node_modules/(zod|uuid)/'] },
    },
    {
      name: 'services-know-no-transport',
      comment: 'A service is the rules: it knows no HTTP and no Redis.',
      severity: 'error',
      from: { path: '\\.(service|repository)\\.ts$' },
      to: {
        path: ['node_modules/(fastify|@fastify|redis|@nestjs/(microservices|platform-fastify))/', '^libs/transport/'],
      },
    },
    {
      name: 'agent-stands-alone',
      comment: 'The agent runs on a customer’s machine: of ours it knows the contracts only.',
      severity: 'error',
      from: { path: '^apps/agent/src/' },
      to: { path: '^libs/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'audit-verifier-stands-alone',
      comment: 'Whoever trusts neither us nor our database reads and runs this much, and no more.',
      severity: 'error',
      from: { path: '^libs/audit/src/(trail|cli)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(apps|libs)/', pathNot: '^libs/audit/src/(trail/|cli/|plain-text\\.ts$)' },
    },
    {
      name: 'testing-only-from-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['/test/', 'spec\\.ts$', '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'one-way-to-the-database',
      comment: 'One pool a process: connections are made in libs/database; the local stack looks after servers.',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: ['spec\\.ts$', '^libs/(database|local-stack|testing)/'] },
      to: { path: 'node_modules/(pg|pg-pool|pg-protocol)/' },
    },
    {
      name: 'database-without-nest',
      comment: 'The layer is of use to anybody; its module is what Nest needs of it.',
      severity: 'error',
      from: { path: '^libs/database/src/', pathNot: 'database\\.module\\.ts$' },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['/test/', 'spec\\.ts$', '^libs/(testing|local-stack)/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'What benchmarks import of the build is there after the build.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '/dist/(apps|libs)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

import { readFileSync } from 'node:fs';

const swc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));
const { baseUrl: _baseUrl, paths: _paths, ...jsc } = swc.jsc;

// Nest 12 and a few of its companions ship ESM only; Jest runs everything as CommonJS (docs/adr), so they are compiled too.
const esmOnly = [
  '@nestjs',
  'file-type',
  'token-types',
  'strtok3',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'cookie',
  'content-disposition',
  '@fastify/static',
  'jose',
  'uuid',
].join('|');

const common = {
  rootDir: '.',
  testEnvironment: 'node',
  transform: {
    '^.+\\.tsx?$': ['@swc/jest', { jsc, swcrc: false, sourceMaps: 'inline', module: { type: 'commonjs' } }],
    '^.+\\.m?js$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: false,
        jsc: { parser: { syntax: 'ecmascript' }, target: 'es2023' },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly})(/|$))`],
  moduleNameMapper: { '^@techze/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  // Looked up outside of a test file's vm, where they cost ten times as much: models are made of little else.
  sandboxInjectedGlobals: ['Array', 'Infinity', 'Math', 'Number', 'Object'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.techze/', '<rootDir>/.cache/'],
};

// One PostgreSQL primary and replica for all files of a run; started only when a file of these projects runs.
const servers = {
  globalSetup: '<rootDir>/libs/testing/src/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/src/jest/global-teardown.mjs',
};
// End-to-end files also share a whole running suite; a file that breaks or configures one has its own (*.suite-spec.ts).
const suite = { ...servers, globalSetup: '<rootDir>/libs/testing/src/jest/suite-setup.mjs' };

export default {
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,k8s}/**/*.spec.ts'] },
    { ...common, ...servers, displayName: 'int', testMatch: ['<rootDir>/{apps,libs}/**/*.int-spec.ts'] },
    { ...common, ...suite, displayName: 'e2e', testMatch: ['<rootDir>/{apps,libs}/**/*.e2e-spec.ts'] },
    { ...common, ...servers, displayName: 'suite', testMatch: ['<rootDir>/{apps,libs}/**/*.suite-spec.ts'] },
    // Takes long: `npm run test:full` alone runs it.
    { ...common, ...servers, displayName: 'full', testMatch: ['<rootDir>/{apps,libs}/**/*.full-spec.ts'] },
  ],
  maxWorkers: 2,
  testTimeout: 30_000,
};

const { availableParallelism } = require('os');

const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'commonjs' },
  },
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // A guard against tests that hang, not a measure: machines differ.
  testTimeout: 30_000,
  // Many tests wait for processes and browsers: two at a time also where there are only two cores.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Packages that are ES modules only: Node can require them, jest cannot.
  transform: {
    '^.+\\.ts$': swc,
    '/node_modules/jose/.+\\.js$': swc,
    '/node_modules/@angular/.+\\.mjs$': swc,
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/|@angular/)'],
  moduleNameMapper: {
    '^@atomsync/angular/testing$': '<rootDir>/libs/angular/testing/src/index.ts',
    '^@atomsync/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@atomsync/([^/]+)/([^/]+)$': '<rootDir>/libs/$1/src/$2.ts',
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/test/packages/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
};

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // A guard against tests that hang, not a measure: machines differ.
  testTimeout: 30_000,
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    '^@atomsync/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@atomsync/([^/]+)/([^/]+)$': '<rootDir>/libs/$1/src/$2.ts',
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
};

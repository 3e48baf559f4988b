/*
 * The tests of what is published, as `npm run test:packages` runs them: on packed tarballs, outside the workspace. They
 * take minutes and need the npm registry, so they are no part of `npm test`.
 */
const base = require('../../jest.config.cjs');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/packages'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/packages/(fixtures|nest12)/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/test/packages/(fixtures|nest12)/'],
  globalSetup: '<rootDir>/test/packages/support/pack-before.cjs',
  globalTeardown: '<rootDir>/test/packages/support/unpack-after.cjs',
  // Each installs hundreds of packages, and its compilers have threads of their own.
  maxWorkers: 2,
  // A guard against tests that hang: machines and registries differ.
  testTimeout: 900_000,
  verbose: true,
};

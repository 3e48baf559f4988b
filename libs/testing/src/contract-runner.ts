/** The part of a test runner that the suite needs: jest's and vitest's globals have it. */
export interface ContractRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
  beforeEach(body: () => Promise<void>): void;
  afterEach(body: () => Promise<void>): void;
  expect(actual: unknown): { toEqual(expected: unknown): void };
}

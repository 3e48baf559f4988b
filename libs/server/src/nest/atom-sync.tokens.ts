/**
 * The token under which the `ServerAtom` of a group is found, for tests and factories; `InjectAtom` uses it. Where it is
 * not provided, Nest shows it in its error, so it says what to do.
 *
 * @example
 * Test.createTestingModule({ providers: [Todos, { provide: getAtomToken('todo'), useValue: fake }] })
 */
export const getAtomToken = (group: string): string =>
  `the atom of AtomSyncModule.forFeature([{ group: ${JSON.stringify(group)} }])`;

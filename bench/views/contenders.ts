/** Whose live query is measured. */
export interface ViewContender {
  /** Also the name of its file, `sides/ID.ts`. */
  readonly id: string;
  readonly title: string;
  readonly how: string;
  /** Whether it has to be installed for the bench. */
  readonly isPeer: boolean;
}

export const atomsync: ViewContender = {
  id: 'atomsync',
  title: 'Atomsync',
  how: 'a view of an atom of docs',
  isPeer: false,
};

export const contenders: readonly ViewContender[] = [
  atomsync,
  {
    id: 'rescan',
    title: 'scan',
    how: 'the same atom; filter, sort and slice on every change',
    isPeer: false,
  },
  {
    id: 'tinybase',
    title: 'TinyBase',
    how: 'a query of a store; a listener to its sorted row ids',
    isPeer: true,
  },
  {
    id: 'rxdb',
    title: 'RxDB',
    how: 'find().$ of a collection in its memory storage, with an index for the query; findOne and incrementalPatch',
    isPeer: true,
  },
];

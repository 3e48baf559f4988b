import { AtomError, DocMap } from '@atomsync/atom';
import { encodeBody, type Change, type DocState } from '@atomsync/protocol';
import { AtomSyncServerError } from '../errors';
import type { DocForm, DocForms } from './doc-forms';

/** What is to be made of some docs of a group. */
export type DocsFunction<D> = (docs: DocMap<D>) => DocMap<D>;

/**
 * What `fn` makes of the docs under `keys`, as changes.
 *
 * @throws AtomSyncServerError `OUT_OF_SCOPE`, `MIGRATION_MISSING`; whatever `fn` throws
 */
export function runOnDocs<D>(
  fn: DocsFunction<D>,
  keys: readonly string[],
  forms: DocForms<D>,
  doc: (key: string) => DocState | undefined,
): readonly Change[] {
  const scope = new Map<string, DocForm<D> | undefined>();
  for (const key of keys) scope.set(key, forms.readToWrite(doc(key)));
  const before = DocMap.fromTrusted<D>(
    [...scope].flatMap(([key, form]) => (form === undefined ? [] : [[key, form.doc] as const])),
  );
  const view = before.tracked({
    key: (key) => {
      if (!scope.has(key)) throw outOfScope(forms.group, key, keys);
    },
    all: () => undefined,
  });
  const after: unknown = fn(view);
  if (!(after instanceof DocMap)) {
    throw new AtomError(
      'BAD_DOC',
      'A function on docs returns a DocMap: what with, without or update gave it.',
    );
  }
  const { version } = forms;
  return Array.from(
    (after as DocMap<D>).untracked().changesSince(before),
    ({ key, after: value }): Change => {
      if (!scope.has(key)) throw outOfScope(forms.group, key, keys);
      if (value === undefined) return { kind: 'delete', key };
      const schemaVersion = Math.max(version ?? 1, scope.get(key)?.schemaVersion ?? 1);
      return { kind: 'put', key, schemaVersion, body: encodeBody(value) };
    },
  );
}

function outOfScope(group: string, key: string, keys: readonly string[]): AtomSyncServerError {
  const shown = keys.slice(0, 5).map((each) => JSON.stringify(each));
  return new AtomSyncServerError(
    'OUT_OF_SCOPE',
    `A write in ${JSON.stringify(group)} touched the doc ${JSON.stringify(key)}, and was given ${shown.join(', ')}` +
      `${keys.length > shown.length ? '…' : ''} alone. Name all docs it reads or writes.`,
  );
}

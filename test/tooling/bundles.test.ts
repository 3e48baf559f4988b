import { build } from 'esbuild';
import { resolve } from 'node:path';

/** The files that a bundler for browsers takes from the built packages. */
async function inputsOf(code: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: resolve(__dirname, '../..') },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    // Not the workspace's: its `paths` lead to the sources.
    tsconfigRaw: {},
  });
  const { inputs } = Object.values(metafile.outputs)[0]!;
  return Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0);
}

describe('what a bundler for browsers takes', () => {
  it('is ES modules, and nothing for Node', async () => {
    const inputs = await inputsOf(`export { openAtomSync, syncedAtom } from '@atomsync/client'`);
    const ours = inputs.filter((path) => path.startsWith('libs/'));
    expect(ours.filter((path) => !/^libs\/\w+\/dist\/esm\/.+\.mjs$/.test(path))).toEqual([]);
    expect(ours).toContain('libs/client/dist/esm/platform.browser.mjs');
    expect(inputs.filter((path) => /node_modules\/ws\/|file-local-store|web-socket-node/.test(path))).toEqual(
      [],
    );
  });

  it('leaves the doc map and the named swaps out of an app that has only atoms', async () => {
    const inputs = await inputsOf(`import { atom } from '@atomsync/atom'; atom(1).swap((n) => n + 1);`);
    expect(inputs).toContain('libs/atom/dist/esm/atom.mjs');
    expect(inputs.filter((path) => /\/(doc-map|doc-tree|diff-trees|swaps\/.+)\.mjs$/.test(path))).toEqual([]);
  });
});

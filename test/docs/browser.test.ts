import { build } from 'esbuild';
import { inChromium } from '../support/in-chromium';
import { blocksOf, type Block } from './blocks';
import { readPages, ROOT } from './pages';

const blocks = readPages()
  .flatMap(({ path, text }) => blocksOf(path, text))
  .filter(({ runIn }) => runIn === 'test/docs/browser.test.ts');

/** As an app's bundler makes it, of the packages as they are published; a function, so that `await` may stand in it. */
async function bundle({ code }: Block): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, loader: 'ts', resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // Without it, `paths` would lead to the packages' sources.
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  return `(async () => {${outputFiles[0]!.text}})()`;
}

inChromium('the code in the documentation that asks a browser', (stage) => {
  it.each(blocks)('$title runs in a page of the server', async (block) => {
    const page = await (await stage().profile().context()).newPage();
    await stage().faults.watch(page);
    await page.goto(new URL('/', stage().url.replace('ws:', 'http:')).href);
    await page.evaluate(await bundle(block));
  });
});

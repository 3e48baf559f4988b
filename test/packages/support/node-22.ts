import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { Workshop, type Environment } from './workshop';

/** The environment in which `node`, and with it npm and all tools, is Node 22, by the npm package `node`. */
export async function node22(): Promise<Environment> {
  const workshop = new Workshop('node-22');
  try {
    const found = [
      'npx',
      '-y',
      '--prefer-offline',
      '-p',
      'node@22',
      '--',
      'node',
      '-p',
      'process.execPath',
    ] as const;
    const node = (await workshop.run(workshop.home, ...found)).trim().split('\n').at(-1)!;
    // Its headers, which node-gyp would fetch from elsewhere, lie beside it.
    const arch = `node-${process.platform}-${process.arch}`;
    const home = join(dirname(node), '..');
    const headers = [home, join(home, 'node_modules', arch), join(home, '..', arch)].find((folder) =>
      existsSync(join(folder, 'include/node/node.h')),
    );
    return {
      PATH: [dirname(node), process.env['PATH']].join(delimiter),
      ...(headers !== undefined && { npm_config_nodedir: headers }),
    };
  } finally {
    await workshop.close();
  }
}

import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NodeAt, Workshop } from './workshop';

/** Node 22 by an npm package, which has the headers of it too: node-gyp would fetch them from elsewhere. */
export async function node22(workshop: Workshop): Promise<NodeAt> {
  const find = [
    '-y',
    '--prefer-offline',
    '-p',
    `${packageOfNode()}@22`,
    '--',
    'node',
    '-p',
    'process.execPath',
  ];
  const said = await workshop.run(workshop.home, 'npx', ...find);
  const programs = dirname(realpathSync(said.trim().split('\n').at(-1)!));
  const home = dirname(programs);
  return { programs, headers: existsSync(join(home, 'include/node/node.h')) ? home : undefined };
}

function packageOfNode(): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `${platform}-${process.arch}`;
  return name === 'darwin-arm64' ? `node-bin-${name}` : `node-${name}`;
}

import { join, delimiter, dirname } from 'node:path';
import type { Environment, Workshop } from './workshop';

/** The environment in which `node`, and with it npm and all tools, is Node 22, by the npm package `node`. */
export async function node22(workshop: Workshop): Promise<Environment> {
  const find = ['-y', '--prefer-offline', '-p', 'node@22', '--', 'node', '-p', 'process.execPath'];
  const node = lastLine(await workshop.run(workshop.home, 'npx', ...find));
  return { PATH: [dirname(node), process.env['PATH']].join(delimiter) };
}

/** The same, for what is compiled: with the headers of that Node, which node-gyp would fetch from elsewhere. */
export async function node22WithHeaders(workshop: Workshop): Promise<Environment> {
  const env = await node22(workshop);
  const node = join(env['PATH']!.split(delimiter)[0]!, 'node');
  const version = lastLine(await workshop.run(workshop.home, node, '--version')).replace('v', '');
  const name = `node-${process.platform}-${process.arch}`;
  const folder = workshop.folder('headers');
  await workshop.run(folder, 'npm', 'init', '--yes');
  await workshop.install(folder, `${name}@${version}`);
  return { ...env, npm_config_nodedir: join(folder, 'node_modules', name) };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)!;

/*
 * Plays one role of a workload with what one contender shows:
 *
 *   role.process.ts <contender> <workload> <role> <url>
 */
import { contenderOf } from '../contenders';
import type { Part, Role } from '../workload';
import { workloadOf } from '../workloads';
import { Port, type Message } from './port';

async function play(contender = '', id = '', role = '', url = ''): Promise<void> {
  const port = new Port({
    send: (message) => process.send?.(message),
    on: (hear) =>
      process.on('message', (message) => {
        hear(message as Message);
      }),
  });
  // An end by choice, so that profiles are written.
  process.once('SIGTERM', () => process.exit(0));
  const { face, roles } = workloadOf(id);
  const perform = roles[role] as Role<typeof face> | undefined;
  if (perform === undefined) throw new Error(`The workload '${id}' has no role '${role}'.`);
  const side = contenderOf(contender).faces[face];
  if (side === undefined) throw new Error(`'${contender}' has no part in the workload '${id}'.`);
  const module = (await import(side.module)) as Part['module'];
  await (perform as (part: Part) => Promise<void>)({ module, url, port });
}

play(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

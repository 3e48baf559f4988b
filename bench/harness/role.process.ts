/*
 * Plays one role of a workload with a client of one contender:
 *
 *   role.process.ts <contender> <workload> <role> <url>
 */
import type { ClientModule } from '../contender';
import { contenderOf } from '../contenders';
import { workloadOf } from '../workloads';
import { Port, type Message } from './port';

async function play(contender = '', workload = '', role = '', url = ''): Promise<void> {
  const port = new Port({
    send: (message) => process.send?.(message),
    on: (hear) =>
      process.on('message', (message) => {
        hear(message as Message);
      }),
  });
  const perform = workloadOf(workload).roles[role];
  if (perform === undefined) throw new Error(`The workload '${workload}' has no role '${role}'.`);
  const { connect } = (await import(contenderOf(contender).client)) as ClientModule;
  const client = await connect(url);
  process.once('SIGTERM', () => {
    void client.close().finally(() => process.exit(0));
  });
  port.tell('connected');
  await perform(client, port);
}

play(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

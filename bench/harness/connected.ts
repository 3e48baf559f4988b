import type { BenchClient, ClientModule } from '../faces/client';
import type { Part } from '../workload';
import type { Port } from './port';

/** A role whose client is connected and caught up before it begins. */
export const connected =
  (perform: (client: BenchClient, port: Port) => Promise<void>) =>
  async ({ module, url, port }: Pick<Part, 'url' | 'port'> & { readonly module: ClientModule }) => {
    const client = await module.connect(url);
    port.tell('ready');
    await perform(client, port);
  };

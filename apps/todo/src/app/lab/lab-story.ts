import type { Lab } from './lab';
import type { LabClient } from './lab-client';

/** One moment of a story: what is said and done, and what has to come true before the next. */
export interface Moment {
  readonly say: string;
  readonly act?: () => void;
  readonly until?: () => boolean;
}

/** A story that the lab plays by itself. */
export interface Story {
  readonly id: string;
  readonly title: string;
  readonly moral: string;
  /** It is told as it happens: what is said may depend on how things stand. */
  readonly moments: (lab: Lab) => Iterable<Moment>;
}

export const STORIES: readonly Story[] = [
  {
    id: 'apart',
    title: 'Two press +1 while apart',
    moral: 'Both count.',
    *moments(lab) {
      const [ann, bob] = pair(lab);
      yield everyoneOnline(lab);
      const n = ann.counter();
      yield {
        say: `Ann and Bob share a counter. It stands at ${n}. Now both lose the network.`,
        act: () => apart(ann, bob),
      };
      yield {
        say: `Each presses +1, and each sees ${n + 1} at once. Neither knows of the other.`,
        act: () => {
          ann.increment();
          bob.increment();
        },
      };
      yield back(ann, `Ann is back. Nobody was before her: the server takes her +1 as it is.`);
      yield back(
        bob,
        `Bob is back, and hears that the counter has moved on. His +1 was made on ${n}: it runs again, on ${n + 1}.`,
      );
      yield {
        say: `${n + 2} for everyone. Other engines would have sent “${n + 1}” twice, and lost one.`,
        until: () => lab.clients().every((client) => client.counter() === n + 2),
      };
    },
  },
  {
    id: 'burst',
    title: 'All press at once',
    moral: 'Nothing is lost.',
    *moments(lab) {
      yield everyoneOnline(lab);
      const clients = lab.clients();
      const n = clients[0]!.counter();
      const sum = n + 5 * clients.length;
      yield {
        say: `${clients.length} people, slow lines, five presses each, all at the same moment.`,
        act: () => {
          for (let press = 0; press < 5; press++) clients.forEach((client) => client.increment());
        },
        until: () => clients.every((client) => client.settled() && client.counter() === sum),
      };
      yield {
        say: `The server compares versions and turns late writes away as stale; they run again. ${n} + ${sum - n} = ${sum}.`,
      };
    },
  },
  {
    id: 'rename',
    title: 'Two rename one todo',
    moral: 'Whoever loses is told.',
    *moments(lab) {
      const [ann, bob] = pair(lab);
      yield everyoneOnline(lab);
      const key = ann.todos()[0]?.key ?? '';
      yield { say: 'Both lose the network, and both rename the same todo.', act: () => apart(ann, bob) };
      const [hers, his] =
        ann.textOf(key) === 'Oat milk' ? ['Buy milk', 'Two milk'] : ['Oat milk', 'Two milk'];
      yield {
        say: `Ann makes it “${hers}”, Bob “${his}”. Typed text is data: there is no function to run again.`,
        act: () => {
          ann.rename(key, hers);
          bob.rename(key, his);
        },
      };
      yield back(ann, 'Ann is back: her name stands.');
      yield back(bob, 'Bob is back. There can be one name: his goes on top of hers …');
      yield {
        say: '… and both are told what met what. Nothing vanishes without a word.',
        until: () => ann.sync.conflicts().length > 0 && bob.sync.conflicts().length > 0,
      };
    },
  },
  {
    id: 'merge',
    title: 'One ticks, one renames',
    moral: 'Both stay.',
    *moments(lab) {
      const [ann, bob] = pair(lab);
      yield everyoneOnline(lab);
      const { key, todo } = ann.todos()[1] ?? ann.todos()[0] ?? { key: '', todo: undefined };
      yield { say: 'Both lose the network.', act: () => apart(ann, bob) };
      yield {
        say: 'Ann ticks the todo off, Bob renames it. Different fields of one doc.',
        act: () => {
          ann.mark(key, todo?.done !== true);
          bob.rename(key, todo?.text === 'Book the night train' ? 'Book the train' : 'Book the night train');
        },
      };
      yield back(ann, 'Ann is back.');
      yield back(bob, 'Bob is back. Fields merge, one by one: both edits stay, and nobody has to be asked.');
    },
  },
];

function pair(lab: Lab): readonly [LabClient, LabClient] {
  const [ann, bob] = lab.clients();
  return [ann!, bob!];
}

function apart(...clients: readonly LabClient[]): void {
  for (const client of clients) client.setOffline(true);
}

function back(client: LabClient, say: string): Moment {
  return {
    say,
    act: () => client.setOffline(false),
    until: () => client.live() && client.settled(),
  };
}

function everyoneOnline(lab: Lab): Moment {
  return {
    say: 'First, everyone is online and has the same.',
    act: () => {
      for (const client of lab.clients()) {
        client.setOffline(false);
        client.sync.clearConflicts();
      }
    },
    until: () =>
      lab.server.todos().length > 0 &&
      lab
        .clients()
        .every(
          (client) => client.live() && client.settled() && client.wire.base() === lab.server.wire.base(),
        ),
  };
}

import { inc } from '@atomsync/atom';
import { Controller, Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Commit } from '../../src/atoms/commit';
import type { ServerAtom } from '../../src/atoms/server-atom';
import { AtomSyncModule } from '../../src/nest/atom-sync.module';
import type { AtomSyncModuleOptions, AtomSyncOptionsFactory } from '../../src/nest/atom-sync.options';
import { AtomSyncService } from '../../src/nest/atom-sync.service';
import { getAtomToken } from '../../src/nest/atom-sync.tokens';
import { InjectAtom } from '../../src/nest/inject-atom.decorator';
import { OnCommit } from '../../src/nest/on-commit.decorator';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { sqlitePlace } from '../support/sqlite-place';

const told: string[] = [];
let heard: (() => void)[] = [];

/** Resolves when so many commits have been told. */
const toldOf = async (count: number): Promise<void> => {
  while (told.length < count) await new Promise<void>((wake) => heard.push(wake));
};

@Injectable()
class Lists {
  constructor(
    @InjectAtom('list/all') readonly all: ServerAtom<number>,
    @Inject(AtomSyncService) private readonly sync: AtomSyncService,
  ) {}

  add(list: string, key: string): Promise<Commit<number>> {
    return this.sync.atom<number>(list).at(key, { default: 0 }).swap(inc);
  }

  @OnCommit('list/*')
  tell({ id, changes }: Commit<number>): void {
    told.push(`${id.slice(id.indexOf(':') + 1)} ${changes.map(({ key, doc }) => `${key}=${doc}`).join()}`);
    heard.splice(0).forEach((wake) => wake());
  }
}

@Module({
  imports: [AtomSyncModule.forFeature([{ group: 'list/all' }, { group: 'list/*', swaps: [inc] }])],
  providers: [Lists, { provide: 'same', useExisting: Lists }],
  exports: [Lists],
})
class ListsModule {}

async function start(options: AtomSyncModuleOptions, ...more: Type[]): Promise<TestingModule> {
  const imports = [AtomSyncModule.forRoot(options), ListsModule];
  const module = await Test.createTestingModule({ imports, providers: more }).compile();
  try {
    return await module.init();
  } catch (error) {
    // Nest closes nothing of an app that it could not start.
    const service = module.get(AtomSyncService);
    await service.beforeApplicationShutdown();
    await service.onApplicationShutdown();
    throw error;
  }
}

beforeEach(() => {
  told.length = 0;
  heard = [];
});

describe('atoms in a Nest app', () => {
  it('are injected by the name of their group, and made as users go', async () => {
    const app = await start({ store: new MemoryCommitStore() });
    const lists = app.get(Lists);
    expect(await lists.all.put('a', 1)).toMatchObject({ group: 'list/all', version: 1 });
    await lists.add('list/42', 'milk');
    expect(await app.get(AtomSyncService).atom('list/42').get('milk')).toBe(1);
    await app.close();
  });

  it('can be replaced in tests by their token', async () => {
    const fake = { get: () => Promise.resolve(7) };
    const module = await Test.createTestingModule({
      providers: [
        Lists,
        { provide: getAtomToken('list/all'), useValue: fake },
        { provide: AtomSyncService, useValue: {} },
      ],
    }).compile();
    expect(await module.get(Lists).all.get('x')).toBe(7);
  });

  it('say in the error of Nest what to import where they are not declared', async () => {
    const imports = [AtomSyncModule.forRoot({ store: new MemoryCommitStore() })];
    const compiling = Test.createTestingModule({ imports, providers: [Lists] }).compile();
    await expect(compiling).rejects.toThrow(/AtomSyncModule\.forFeature\(\[{ group: "list\/all" }]\)/);
  });

  it('can be read until the app is down, and written until it drains', async () => {
    const results: unknown[] = [];
    @Injectable()
    class Late {
      constructor(@Inject(Lists) private readonly lists: Lists) {}
      async onModuleDestroy(): Promise<void> {
        results.push((await this.lists.all.put('late', 1)).version);
      }
    }
    const app = await start({ store: new MemoryCommitStore() }, Late);
    const service = app.get(AtomSyncService);
    await app.close();
    expect(results).toEqual([1]);
    expect(service.status().status).toBe('closed');
    await expect(service.atom('g').put('a', 1)).rejects.toMatchObject({ code: 'HUB_CLOSED' });
  });
});

describe('OnCommit', () => {
  it('tells each commit once, also over restarts with an SQLite file', async () => {
    const { file, dispose } = await sqlitePlace();
    const options = { database: { type: 'better-sqlite3', database: file } } as const;
    const first = await start(options);
    await first.get(Lists).add('list/1', 'a');
    await first.get(Lists).add('list/1', 'a');
    await first.get(AtomSyncService).atom('other').put('x', 1);
    await toldOf(2);
    await first.close();

    const quiet = await Test.createTestingModule({ imports: [AtomSyncModule.forRoot(options)] }).compile();
    await quiet.init();
    for (const [list, key] of [
      ['list/1', 'a'],
      ['list/1', 'b'],
      ['list/2', 'c'],
    ] as const) {
      await quiet.get(AtomSyncService).atom<number>(list).at(key, { default: 0 }).swap(inc);
    }
    await quiet.close();

    const second = await start(options);
    await toldOf(4);
    await second.get(Lists).add('list/2', 'c');
    await toldOf(5);
    await second.close();
    const third = await start(options);
    await third.get(Lists).add('list/3', 'd');
    await toldOf(6);
    await third.close();
    expect(told).toEqual([
      'list/1:1 a=1',
      'list/1:2 a=2',
      'list/1:4 a=3,b=1',
      'list/2:1 c=1',
      'list/2:2 c=2',
      'list/3:1 d=1',
    ]);
    await dispose();
  });

  it('works on controllers and on what a class inherits, and keeps places apart', async () => {
    const calls: string[] = [];
    class Base {
      @OnCommit('list/*')
      @OnCommit('todo', { name: 'todos' })
      note({ group }: Commit): void {
        calls.push(`${this.constructor.name} ${group}`);
        heard.splice(0).forEach((wake) => wake());
      }
    }
    @Controller()
    class One extends Base {}
    @Injectable()
    class Two extends Base {
      override note(): void {
        calls.push('two');
      }
    }
    const store = new MemoryCommitStore();
    const module = await Test.createTestingModule({
      imports: [AtomSyncModule.forRoot({ store })],
      controllers: [One],
    }).compile();
    await module.init();
    await module.get(AtomSyncService).atom('todo').put('a', 1);
    await module.get(AtomSyncService).atom('list/1').put('a', 1);
    while (calls.length < 2) await new Promise<void>((wake) => heard.push(wake));
    await module.close();
    expect(calls.sort()).toEqual(['One list/1', 'One todo']);
    await expect(start({ store: new MemoryCommitStore() }, Two, One)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('"todos"'),
    });
  });

  it('takes methods of one commit alone', () => {
    class Wrong {
      // @ts-expect-error -- a commit is no text
      @OnCommit('g')
      text(_text: string): void {
        told.push('never');
      }

      @OnCommit('g')
      async later(commit: Commit<{ done: boolean }>): Promise<boolean> {
        return Promise.resolve(commit.changes.every(({ doc }) => doc?.done === true));
      }
    }
    expect(Wrong.name).toBe('Wrong');
  });

  it('refuses a provider that is made for each request', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @OnCommit('g')
      tell(_commit: Commit): void {
        told.push('never');
      }
    }
    await expect(start({ store: new MemoryCommitStore() }, PerRequest)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('PerRequest is made for each request'),
    });
  });
});

describe('AtomSyncModule.forRootAsync', () => {
  const made = { path: '/made', store: new MemoryCommitStore() };

  @Injectable()
  class Settings implements AtomSyncOptionsFactory {
    createAtomSyncOptions(): AtomSyncModuleOptions {
      return made;
    }
  }

  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}

  it.each([
    ['useClass', AtomSyncModule.forRootAsync({ useClass: Settings })],
    ['useExisting', AtomSyncModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings })],
    [
      'useFactory',
      AtomSyncModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: (settings: Settings) => settings.createAtomSyncOptions(),
      }),
    ],
  ])('takes its options from %s', async (_, root) => {
    const module = await Test.createTestingModule({ imports: [root, ListsModule] }).compile();
    await module.init();
    expect(module.get(AtomSyncService).options.path).toBe('/made');
    await module.close();
  });

  it('keeps its service to itself where it is not global', async () => {
    const root = AtomSyncModule.forRoot({ store: new MemoryCommitStore(), isGlobal: false });
    const compiling = Test.createTestingModule({ imports: [root, ListsModule] }).compile();
    await expect(compiling).rejects.toThrow(/AtomSyncService/);
  });

  it('says so where the factory gives nothing', async () => {
    const root = AtomSyncModule.forRootAsync({ useFactory: () => undefined as never });
    const compiling = Test.createTestingModule({ imports: [root] }).compile();
    await expect(compiling).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });
});

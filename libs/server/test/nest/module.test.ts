import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { existsSync } from 'node:fs';
import type { SyncAuth } from '../../src/auth/sync-auth';
import { AtomSyncModule } from '../../src/nest/atom-sync.module';
import { AtomSyncService } from '../../src/nest/atom-sync.service';
import { inspectDatabase } from '../../src/operations/inspect-database';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { MemoryLink } from '../support/memory-link';
import { sqlitePlace } from '../support/sqlite-place';
import { mutation, pushOf, put, settle } from '../support/world';

@Injectable()
class NobodyAuth implements SyncAuth {
  authenticate(): null {
    return null;
  }

  authorize(): boolean {
    return false;
  }
}

@Module({ providers: [NobodyAuth], exports: [NobodyAuth] })
class AuthModule {}

const IN_MEMORY = { type: 'better-sqlite3', database: ':memory:' } as const;

const compile = async (
  ...imports: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>
) => {
  const module = await Test.createTestingModule({ imports }).compile();
  return module.init();
};

async function say(service: AtomSyncService): Promise<MemoryLink> {
  const link = new MemoryLink();
  service.hub.accept(link);
  link.say({ type: 'hello', clientId: 'a' });
  link.say({ type: 'subscribe', group: 'g', lines: [] });
  await settle();
  return link;
}

describe('AtomSyncModule', () => {
  it('serves without an HTTP server, and says how it is', async () => {
    const module = await compile(AtomSyncModule.forRoot({ store: new MemoryCommitStore() }));
    const service = module.get(AtomSyncService);
    const link = await say(service);
    expect(link.take()).toMatchObject([{ type: 'welcome' }, { type: 'changes' }]);
    expect(service.status()).toEqual({ status: 'ok', epoch: service.hub.epoch.id, connections: 1 });
    await module.close();
    expect(link.closed).toMatchObject({ code: 1012 });
    expect(service.status()).toMatchObject({ status: 'closed', connections: 0 });
  });

  it('keeps what was acknowledged in its SQLite file, from one start to the next', async () => {
    const { file, dispose } = await sqlitePlace();
    const options = { database: { type: 'better-sqlite3', database: file } } as const;
    const first = await compile(AtomSyncModule.forRoot(options));
    const a = await say(first.get(AtomSyncService));
    a.say(pushOf('a', 0, [mutation(1, [put('k', 'v')])]));
    await settle();
    await first.close();
    expect(existsSync(file)).toBe(true);

    const second = await compile(AtomSyncModule.forRootAsync({ useFactory: () => Promise.resolve(options) }));
    const b = await say(second.get(AtomSyncService));
    expect(b.take()).toMatchObject([
      { type: 'welcome' },
      { type: 'changes', docs: [{ key: 'k', version: 1 }], lines: [{ clientId: 'a', last: 1 }] },
    ]);
    await second.close();
    await dispose();
  });

  it('takes its auth from the app', async () => {
    const module = await compile(
      AuthModule,
      AtomSyncModule.forRoot({ store: new MemoryCommitStore(), auth: { useExisting: NobodyAuth } }),
    );
    const link = await say(module.get(AtomSyncService));
    expect(link.take()).toMatchObject([{ type: 'error', code: 'UNAUTHENTICATED' }]);
    await module.close();
  });

  it('refuses a file that another server has open', async () => {
    const { file, dispose } = await sqlitePlace();
    const options = { database: { type: 'better-sqlite3', database: file } } as const;
    const first = await compile(AtomSyncModule.forRoot(options));
    await expect(compile(AtomSyncModule.forRoot(options))).rejects.toMatchObject({
      code: 'DATABASE_IN_USE',
      message: expect.stringContaining(file),
    });
    await first.close();
    await (await compile(AtomSyncModule.forRoot(options))).close();
    await dispose();
  });

  it('names a database file that cannot be used', async () => {
    const options = { database: { type: 'better-sqlite3', database: '/dev/null/data.db' } } as const;
    await expect(compile(AtomSyncModule.forRoot(options))).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringContaining('/dev/null/data.db'),
    });
  });

  it('purges and backs up while it serves, and forgets deletions after 30 days unless told otherwise', async () => {
    const { file, dispose } = await sqlitePlace();
    const module = await compile(
      AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database: file } }),
    );
    const service = module.get(AtomSyncService);
    const day = 24 * 3_600_000;
    expect(service.options.retention).toEqual({ tombstones: 30 * day, lines: 30 * day, every: day / 24 });
    await service.atom<number>('g').put('a', 1);
    await service.atom<number>('g').remove('a');
    await service.atom<number>('g').put('b', 1);
    const copy = `${file}-copy`;
    await service.backup(copy);
    await expect(service.backup(copy)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await service.purge({ olderThan: day })).toEqual([]);
    expect(await service.purge({ group: 'g', olderThan: 0 })).toEqual([
      { group: 'g', tombstones: 1, purgedThrough: 2 },
    ]);
    await module.close();
    expect((await inspectDatabase(copy)).groups).toMatchObject([
      { docs: 1, tombstones: 1, purgedThrough: 0 },
    ]);
    expect((await inspectDatabase(file)).groups).toMatchObject([
      { docs: 1, tombstones: 0, purgedThrough: 2 },
    ]);
    await dispose();
  });

  it.each([[{ store: new MemoryCommitStore() }], [{ database: IN_MEMORY }]])(
    'says that there is no file to back up, and takes retention as it is told',
    async (options) => {
      const module = await compile(AtomSyncModule.forRoot({ ...options, retention: false }));
      const service = module.get(AtomSyncService);
      expect(service.options.retention).toBeUndefined();
      await expect(service.backup('copy.db')).rejects.toMatchObject({ code: 'NO_SUCH_DATABASE' });
      await module.close();
    },
  );

  it.each([
    ['path', { path: 'sync' }],
    ['path', { path: '/sync?x' }],
    ['database.type', { database: { type: 'mysql', database: 'x' } }],
    ['database.database', { database: { type: 'better-sqlite3', database: '' } }],
    ['database', { database: { type: 'better-sqlite3', database: 'x' }, store: new MemoryCommitStore() }],
    ['limits.maxDoc', { limits: { maxDoc: 0 } }],
    ['limits.maxFoo', { limits: { maxFoo: 1 } }],
    ['limits.maxKey', { limits: { maxKey: 2000 } }],
    ['limits.maxQueued', { limits: { maxQueued: 1.5 } }],
    ['limits.maxUnread', { limits: { maxUnread: 1000 } }],
    ['origins', { origins: 'https://app.example.com' }],
    ['origins', { origins: ['https://app.example.com/path'] }],
    ['heartbeat', { heartbeat: 5 }],
    ['auth', { auth: {} }],
    ['auth', { auth: null }],
    ['store', { store: {} }],
    ['database', { database: 'x.db' }],
    ['limits', { limits: 5 }],
    ['databse', { databse: {} }],
    ['retention', { retention: true }],
    ['retention.tombstone', { retention: { tombstone: 1 } }],
    ['retention.tombstones', { retention: { tombstones: 0 } }],
    ['retention.tombstones', { retention: { tombstones: '30d' } }],
    ['retention.lines', { retention: { lines: 3_600_000 } }],
    ['retention.every', { retention: { every: false } }],
    ['retention.every', { retention: { every: 10 } }],
    ['auth.useExisting', { auth: { useExisting: AuthModule }, store: new MemoryCommitStore() }],
  ])('says what is wrong with the option %s before it starts', async (option, options) => {
    const starting = compile(AuthModule, AtomSyncModule.forRoot(options as object));
    await expect(starting).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining(`: ${option} `),
    });
  });
});

/*
 * An app that writes docs and is told of its commits, noting each in a file:
 *
 *   told.process.ts <database> <notes> <writes>
 *
 * With no writes to make, it ends in good order once it has been told of what it had missed.
 */
import 'reflect-metadata';
import { AtomSyncModule, AtomSyncService, OnCommit, type Commit } from '@atomsync/server';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { appendFileSync } from 'node:fs';
import { ReplaySubject } from 'rxjs';
import { until } from '../support/until';

const [database = '', notes = '', writes = '0'] = process.argv.slice(2);

@Injectable()
class Notes {
  readonly versions$ = new ReplaySubject<number>(1);

  @OnCommit('g')
  note({ id, from, version }: Commit): void {
    appendFileSync(notes, `${JSON.stringify({ id, from, version })}\n`);
    this.versions$.next(version);
  }
}

@Module({
  imports: [AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database } })],
  providers: [Notes],
})
class AppModule {}

async function work(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const docs = app.get(AtomSyncService).atom<number>('g');
  for (let i = 0; i < Number(writes); i++) await docs.put(`k${i % 7}`, i);
  const { version } = await docs.remove('none');
  await until(app.get(Notes).versions$, (told) => told === version);
  await app.close();
}

work().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

import { inc } from '@atomsync/atom';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import WebSocket from 'ws';
import { AtomSyncModule } from '../../src/nest/atom-sync.module';
import { AtomSyncService } from '../../src/nest/atom-sync.service';
import { RawClient } from '../support/raw-client';
import { sqlitePlace } from '../support/sqlite-place';
import { mutation, pushOf, put } from '../support/world';

@Entity()
class Person {
  @PrimaryColumn('text')
  name!: string;

  @Column('integer')
  age!: number;
}

@Controller('people')
class People {
  constructor(@InjectDataSource() private readonly data: DataSource) {}

  @Get()
  async all(): Promise<Person[]> {
    const people = this.data.getRepository(Person);
    await people.save({ name: 'Ann', age: 41 });
    return people.find();
  }
}

/** The app's own gateway, on the app's own port. */
@WebSocketGateway({ path: '/chat' })
class Chat {
  @SubscribeMessage('greet')
  greet(_socket: unknown, name: string): { event: string; data: string } {
    return { event: 'greeted', data: `Hello ${name}` };
  }
}

const web = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() } as const;

/** How the app's own gateway is spoken to under each adapter. */
const gateways = {
  'no gateway': { of: undefined, talk: undefined },
  IoAdapter: {
    of: (app: INestApplication) => new IoAdapter(app),
    // What socket.io's client says and hears: a connection, then an event.
    talk: async (port: number) => {
      const chat = await Talk.open(port, '/chat/?EIO=4&transport=websocket');
      await chat.ask('40', '40');
      return chat.ask('42["greet","Ann"]', '42');
    },
  },
  WsAdapter: {
    of: (app: INestApplication) => new WsAdapter(app),
    talk: async (port: number) => {
      const chat = await Talk.open(port, '/chat');
      return chat.ask('{"event":"greet","data":"Ann"}', '{"event"');
    },
  },
} as const;

/** A socket of texts. */
class Talk {
  readonly #texts$ = new ReplaySubject<string>(Infinity);

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.#texts$.next(data.toString()));
    socket.on('close', () => this.#texts$.complete());
  }

  static async open(port: number, path: string): Promise<Talk> {
    const talk = new Talk(new WebSocket(`ws://127.0.0.1:${port}${path}`));
    await once(talk.socket, 'open');
    return talk;
  }

  /** The first text that begins so; fails when the socket closes before. */
  ask(text: string, begins: string): Promise<string> {
    this.socket.send(text);
    return firstValueFrom(this.#texts$.pipe(filter((heard) => heard.startsWith(begins))));
  }
}

const cases = (Object.keys(web) as (keyof typeof web)[]).flatMap((adapter) =>
  (Object.keys(gateways) as (keyof typeof gateways)[]).map((gateway) => [adapter, gateway] as const),
);

describe.each(cases)('in an app on %s with %s', (adapter, gateway) => {
  it("serves its path beside the app's routes, gateways and data source, on one port", async () => {
    const place = await sqlitePlace();
    const { of, talk } = gateways[gateway];
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          type: 'better-sqlite3',
          database: ':memory:',
          entities: [Person],
          synchronize: true,
        }),
        AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database: place.file } }),
      ],
      controllers: [People],
      providers: of === undefined ? [] : [Chat],
    })
    class AppModule {}
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const app = module.createNestApplication(web[adapter]());
    if (of !== undefined) app.useWebSocketAdapter(of(app));
    await app.listen(0, '127.0.0.1');
    try {
      const server = app.getHttpServer() as Server;
      const { port } = server.address() as AddressInfo;

      const client = await RawClient.following(server, 'a');
      client.say(pushOf('a', 0, [mutation(1, [put('n', 1)])]));
      await client.next('pushed');
      await app.get(AtomSyncService).atom<number>('g').at('n').swap(inc);
      expect(await client.next('commits')).toMatchObject({ to: 2 });

      const people = await fetch(`http://127.0.0.1:${port}/people`);
      expect(await people.json()).toEqual([{ name: 'Ann', age: 41 }]);
      if (talk !== undefined) expect(await talk(port)).toContain('Hello Ann');

      const closed = client.end();
      await app.close();
      expect(await closed).toEqual({ code: 1012, reason: 'SHUTTING_DOWN' });
    } finally {
      await app.close();
      await place.dispose();
    }
  });
});

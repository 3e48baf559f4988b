import type { Link } from '@atomsync/client';
import { concat, NEVER, of, Subject, throwError, VirtualTimeScheduler } from 'rxjs';
import { slowTransport, type Travel } from '../src/app/lab/slow-transport';

/** A line in virtual time: what goes in here and comes out there, and when. */
function line(lagAtFirst: number) {
  const scheduler = new VirtualTimeScheduler();
  const down$ = new Subject<Uint8Array>();
  const events: string[] = [];
  const at = (what: string): void => void events.push(`${scheduler.now()} ${what}`);
  const inner: Link = { down$, send: ([id]) => at(`server gets ${id}`), buffered: () => 7 };
  const told =
    (what: string) =>
    ({ way, frame: [id], lag }: Travel): void =>
      at(`${what} ${way} ${id} ${lag}`);
  let lag = lagAtFirst;
  const transport = slowTransport(() => concat(of(inner), NEVER), {
    lag: () => lag,
    onDeparture: told('departs'),
    onArrival: told('arrives'),
    scheduler,
  });
  let link: Link | undefined;
  const connection = transport('ws://anywhere').subscribe((made) => {
    link = made;
    made.down$.subscribe({
      next: ([id]) => at(`client gets ${id}`),
      error: (error: unknown) => at((error as Error).message),
    });
  });
  return {
    events,
    down$,
    connection,
    link: link!,
    setLag: (next: number) => (lag = next),
    after: (time: number, task: () => void) => scheduler.schedule(task, time),
    run: () => scheduler.flush(),
  };
}

const frame = (id: number): Uint8Array => Uint8Array.of(id);

describe('a slow line', () => {
  it('delivers each frame after the lag, both ways, and tells when it leaves and arrives', () => {
    const { link, down$, after, run, events } = line(100);
    link.send(frame(1));
    after(30, () => down$.next(frame(2)));
    run();
    expect(events).toEqual([
      '0 departs up 1 100',
      '30 departs down 2 100',
      '100 arrives up 1 100',
      '100 server gets 1',
      '130 arrives down 2 100',
      '130 client gets 2',
    ]);
  });

  it('keeps the order of frames where the lag gets shorter meanwhile', () => {
    const { link, setLag, after, run, events } = line(100);
    link.send(frame(1));
    after(10, () => {
      setLag(0);
      link.send(frame(2));
    });
    after(150, () => link.send(frame(3)));
    run();
    expect(events.filter((event) => event.includes('gets'))).toEqual([
      '100 server gets 1',
      '100 server gets 2',
      '150 server gets 3',
    ]);
  });

  it('ends at once when the connection ends, with what was on its way', () => {
    const { link, down$, after, run, connection, events } = line(100);
    link.send(frame(1));
    down$.next(frame(2));
    after(50, () => down$.error(new Error('lost')));
    after(60, () => connection.unsubscribe());
    run();
    expect(events).toEqual(['0 departs up 1 100', '0 departs down 2 100', '50 lost']);
  });

  it('says what the line below says: that it cannot be had, and what waits in it', () => {
    const failing = slowTransport(() => throwError(() => new Error('no server')), { lag: () => 0 });
    const errors: unknown[] = [];
    failing('ws://nowhere').subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new Error('no server')]);
    expect(line(0).link.buffered()).toBe(7);
  });
});

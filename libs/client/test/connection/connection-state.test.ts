import fc from 'fast-check';
import { backoffDelay, defaultBackoff, standByDelay } from '../../src/connection/backoff';
import { ConnectionError } from '../../src/connection/connection-error';
import {
  transition,
  type ConnectionEvent,
  type ConnectionState,
} from '../../src/connection/connection-state';

const error = new ConnectionError('CONNECTION_LOST', 'lost');

const unit = fc.double({ min: 0, max: 0.999_999, noNaN: true });

const event: fc.Arbitrary<ConnectionEvent<string>> = fc.oneof(
  fc.constantFrom<ConnectionEvent<string>>(
    { type: 'resume' },
    { type: 'pause' },
    { type: 'reconnectNow' },
    { type: 'opened' },
    { type: 'welcomed', session: 's' },
    { type: 'settled' },
    { type: 'due' },
    { type: 'heard' },
    { type: 'refused', error },
  ),
  fc
    .tuple(fc.constantFrom('lost', 'online', 'offline', 'frozen'), unit, fc.boolean())
    .map(([type, random, offline]) => ({ type, error, now: 0, random, offline }) as const),
);

const run = (events: readonly ConnectionEvent<string>[]): ConnectionState<string> =>
  events.reduce<ConnectionState<string>>((state, next) => transition(state, next, defaultBackoff), {
    phase: 'connecting',
    attempt: 0,
  });

describe('the states of a connection', () => {
  it('lead online by opening and welcome only', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        if (run(events).phase !== 'online') return;
        expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['opened', 'welcomed']));
      }),
    );
  });

  it('never leave closed', () => {
    fc.assert(
      fc.property(fc.array(event), fc.array(event), (before, after) => {
        expect(run([...before, { type: 'close' }, ...after])).toEqual({ phase: 'closed' });
      }),
    );
  });

  it('leave paused by resume only', () => {
    fc.assert(
      fc.property(
        fc.array(event),
        fc.array(event.filter(({ type }) => type !== 'resume')),
        (before, after) => {
          expect(run([...before, { type: 'pause' }, ...after])).toEqual({ phase: 'paused' });
        },
      ),
    );
  });

  it('leave refused by resume or pause only', () => {
    const others = event.filter(({ type }) => type !== 'resume' && type !== 'pause');
    fc.assert(
      fc.property(fc.array(others), (after) => {
        expect(run([{ type: 'refused', error }, ...after])).toMatchObject({ phase: 'refused', attempt: 1 });
      }),
    );
  });

  it('are never without a way on, short of a pause, a refusal or the end', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const state = run(events);
        if (state.phase === 'paused' || state.phase === 'refused') return;
        const on = run([
          ...events,
          { type: 'due' },
          { type: 'opened' },
          { type: 'welcomed', session: 's' },
          { type: 'heard' },
        ]);
        expect(on.phase).toBe('online');
      }),
    );
  });

  it('hold a session only until the platform freezes the program', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        expect(run([...events, { type: 'frozen', now: 0, random: 0 }])).not.toHaveProperty('session');
      }),
    );
  });

  it('keep a session whatever the platform says of the network', () => {
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom('online', 'offline'), (events, type) => {
        const before = run(events);
        if (!('session' in before)) return;
        expect(run([...events, { type, now: 0, random: 0 }])).toHaveProperty('session', before.session);
      }),
    );
  });

  it('make no attempt on the word that there is no network', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const { phase } = run([...events, { type: 'offline', now: 0, random: 0 }]);
        expect(['paused', 'doubted', 'waiting', 'refused']).toContain(phase);
      }),
    );
  });
});

describe('the backoff', () => {
  it('lies between nothing and its cap, and doubles its bound with each failure', () => {
    fc.assert(
      fc.property(fc.nat(2_000), unit, (attempt, random) => {
        const delay = backoffDelay(defaultBackoff, attempt, random);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThan(Math.min(30_000, 200 * 2 ** attempt));
      }),
    );
  });

  it('stands by in the upper half of its cap', () => {
    fc.assert(
      fc.property(unit, (random) => {
        const delay = standByDelay(defaultBackoff, random);
        expect(delay).toBeGreaterThanOrEqual(15_000);
        expect(delay).toBeLessThan(30_000);
      }),
    );
  });

  it('never comes back before the server wants it', () => {
    expect(backoffDelay(defaultBackoff, 0, 0, 60_000)).toBe(60_000);
    expect(backoffDelay(defaultBackoff, 0, 0.5, 60_000)).toBe(60_100);
  });
});

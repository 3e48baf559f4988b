import fc from 'fast-check';
import { backoffDelay, defaultBackoff } from '../../src/connection/backoff';
import { ConnectionError } from '../../src/connection/connection-error';
import {
  transition,
  type ConnectionEvent,
  type ConnectionState,
} from '../../src/connection/connection-state';

const error = new ConnectionError('CONNECTION_LOST', 'lost');

const event: fc.Arbitrary<ConnectionEvent<string>> = fc.oneof(
  fc.constantFrom<ConnectionEvent<string>>(
    { type: 'resume' },
    { type: 'pause' },
    { type: 'reconnectNow' },
    { type: 'opened' },
    { type: 'welcomed', session: 's' },
    { type: 'settled' },
    { type: 'due' },
    { type: 'refused', error },
  ),
  fc
    .double({ min: 0, max: 0.999, noNaN: true })
    .map((random) => ({ type: 'lost', error, now: 0, random }) as const),
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
        const on = run([...events, { type: 'due' }, { type: 'opened' }, { type: 'welcomed', session: 's' }]);
        expect(on.phase).toBe('online');
      }),
    );
  });
});

describe('the backoff', () => {
  it('lies between nothing and its cap, and doubles its bound with each failure', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempt, random) => {
        const delay = backoffDelay(defaultBackoff, attempt, random);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThan(Math.min(30_000, 200 * 2 ** attempt));
      }),
    );
  });

  it('never comes back before the server wants it', () => {
    expect(backoffDelay(defaultBackoff, 0, 0, 60_000)).toBe(60_000);
    expect(backoffDelay(defaultBackoff, 0, 0.5, 60_000)).toBe(60_100);
  });
});

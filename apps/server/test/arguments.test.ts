import { readArguments } from '../src/arguments';

const none = {};

describe('the command line', () => {
  it.each([
    [[], none, 8090, 'atomsync.db'],
    [['--port', '8091', '--db', 'my-data.db'], none, 8091, 'my-data.db'],
    [['--port=8091'], none, 8091, 'atomsync.db'],
    [['-p', '0'], none, 0, 'atomsync.db'],
    [['8092', 'my-data.db'], none, 8092, 'my-data.db'],
    [[], { PORT: '1', DB: 'a.db' }, 1, 'a.db'],
    [[], { PORT: '1', ATOMSYNC_PORT: '2', DB: 'a.db', ATOMSYNC_DB: 'b.db' }, 2, 'b.db'],
    [['8092'], { PORT: '1', DB: 'a.db' }, 8092, 'a.db'],
    [['--port', '3', '8092', 'c.db'], { PORT: '1' }, 3, 'c.db'],
  ])('%j with %j serves port %i and file %s', (args, env, port, file) => {
    expect(readArguments(args, env)).toEqual({ kind: 'serve', port, file, host: undefined });
  });

  it.each([
    [undefined, { databaseUrl: 'postgres://h/d' }],
    ['redis://h:6379', { databaseUrl: 'postgres://h/d', redisUrl: 'redis://h:6379' }],
  ])('takes the addresses of servers from the environment: REDIS_URL %j', (REDIS_URL, taken) => {
    const asked = readArguments([], { DATABASE_URL: 'postgres://h/d', REDIS_URL });
    expect(asked).toMatchObject({ kind: 'serve', ...taken });
  });

  it.each([[['--db', 'a.db']], [['1', 'a.db']]])('%j names a file, which wins over addresses', (args) => {
    const asked = readArguments(args, { DATABASE_URL: 'postgres://h/d' });
    expect(asked).toMatchObject({ file: 'a.db' });
    expect(asked).not.toHaveProperty('databaseUrl');
  });

  it('takes a host', () => {
    expect(readArguments(['--host', '127.0.0.1'], none)).toMatchObject({ host: '127.0.0.1' });
  });

  it.each([
    [['--port', 'abc'], none, '"abc"'],
    [['--port', '65536'], none, '"65536"'],
    [[], { PORT: '-1' }, '"-1"'],
    [['--prot', '1'], none, '--prot'],
    [['--db'], none, '--db'],
    [['--db', ''], none, '--db'],
    [['1', 'a', 'b'], none, 'b'],
    [[], { DATABASE_URL: 'mysql://h/d' }, 'DATABASE_URL'],
    [[], { DATABASE_URL: 'postgres://h/d', REDIS_URL: 'h:6379' }, 'REDIS_URL'],
  ])('%j with %j is wrong, and says where', (args, env, where) => {
    expect(readArguments(args, env)).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining(where),
    });
  });

  it('gives help', () => {
    expect(readArguments(['--help', '--port', '1'], none)).toEqual({ kind: 'help' });
  });
});

import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { duration } from '../src/options/duration';
import { paintFor } from '../src/output/paint';
import { Progress } from '../src/output/progress';
import { byteSize, table } from '../src/output/table';
import { Terminal } from '../src/output/terminal';

interface Sink {
  readonly stream: WriteStream;
  readonly text: () => string;
}

function sink(isTTY: boolean): Sink {
  const through = new PassThrough();
  let text = '';
  through.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const tty = { isTTY, columns: 80, cursorTo: () => true, clearLine: () => true, moveCursor: () => true };
  return { stream: Object.assign(through, tty) as unknown as WriteStream, text: () => text };
}

function terminal(isTTY: boolean, json = false): { terminal: Terminal; out: Sink; err: Sink } {
  const [out, err] = [sink(isTTY), sink(isTTY)];
  const streams = { stdout: out.stream, stderr: err.stream };
  return { terminal: new Terminal({ json, verbose: false, color: true }, streams), out, err };
}

describe('Progress', () => {
  it('is a bar on stderr where that is a terminal, and taken away in the end', () => {
    const { terminal: tty, out, err } = terminal(true);
    const progress = new Progress(tty, 'import', 100);
    progress.update(50, '5 docs');
    progress.end();
    expect(err.text()).toMatch(/import .*░{28}.* 0 %/);
    expect(out.text()).toBe('');
  });

  it('is a line now and then elsewhere', () => {
    const { terminal: pipe, out, err } = terminal(false);
    let now = 0;
    const progress = new Progress(pipe, 'import', 100, () => now);
    for (; now < 5000; now += 500) progress.update(now / 50, `${now} docs`);
    progress.end();
    expect([out.text(), err.text()]).toEqual(['', 'import 40 %  2000 docs\nimport 80 %  4000 docs\n']);
  });

  it.each([true, false])('is silent with --json, also where there is a terminal (%s)', (isTTY) => {
    const { terminal: json, out, err } = terminal(isTTY, true);
    let now = 0;
    const progress = new Progress(json, 'import', 100, () => (now += 10_000));
    progress.update(50, 'half');
    progress.end();
    expect(out.text() + err.text()).toBe('');
  });
});

describe('paintFor', () => {
  it.each<[boolean, boolean, Record<string, string>, boolean]>([
    [true, true, {}, true],
    [false, true, {}, false],
    [true, false, {}, false],
    [true, true, { NO_COLOR: '1' }, false],
    [true, true, { NO_COLOR: '' }, true],
    [true, true, { TERM: 'dumb' }, false],
    [false, true, { FORCE_COLOR: '1' }, true],
    [true, true, { FORCE_COLOR: '0' }, false],
    [false, true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('on a terminal: %s, wanted: %s, with %j: %s', (isTTY, wanted, env, paints) => {
    expect(paintFor({ isTTY }, wanted, env)('red', 'x') !== 'x').toBe(paints);
  });
});

describe('duration', () => {
  it.each([
    ['500ms', 500],
    ['45s', 45_000],
    ['1.5h', 5_400_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
  ])('%s', (text, milliseconds) => expect(duration(text)).toBe(milliseconds));

  it.each(['', '30', 'd', '-1d', '1y', '1d2h'])('refuses %p', (text) =>
    expect(() => duration(text)).toThrow('30d'),
  );
});

it('table puts numbers to the right', () => {
  expect(
    table(
      ['name', 'n'],
      [
        ['a', 1],
        ['long name', 1234],
      ],
    ),
  ).toEqual(['name           n', 'a              1', 'long name  1,234']);
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [12_345_678, '12.3 MB'],
])('byteSize of %i', (bytes, text) => expect(byteSize(bytes)).toBe(text));

import { openAtomSync, syncedAtom } from '@atomsync/client';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom, timer } from 'rxjs';
import { seeded } from '../../simulation/random';
import { compiledProcess } from '../../support/compiled-process';
import { ServerProcess } from '../../support/server-process';
import { FaultyProxy } from '../link/faulty-proxy';
import { ACCOUNTS, OPENING, type BankDoc } from './bank';

export interface KillLoopOptions {
  readonly cycles: number;
  readonly seed?: number;
  /** Clients connect through a faulty network, and most of what goes wrong goes wrong there. */
  readonly network?: boolean;
  readonly progress?: (line: string) => void;
}

/** What a loop of kills came to. */
export interface KillLoopOutcome {
  readonly kills: number;
  readonly stops: number;
  /** What the network did. */
  readonly disturbances: number;
  /** Moves that a client was told to be accepted, and those that it was told to be durable. */
  readonly accepted: number;
  readonly durable: number;
  /** What was not as promised. */
  readonly violations: readonly string[];
}

const TELLERS = ['anna', 'bert', 'cleo'];
/** The longest that everything runs undisturbed; milliseconds. */
const QUIET = 400;

/**
 * A real server and real clients as processes, under load. One of them is killed at a random moment, or told to end, and
 * started again; `cycles` times. Then all end in good order, and the books are looked at.
 */
export async function killLoop({
  cycles,
  seed = 1,
  network = false,
  progress = () => undefined,
}: KillLoopOptions): Promise<KillLoopOutcome> {
  const random = seeded(seed);
  const server = await ServerProcess.start();
  const port = Number(new URL(server.http).port);
  const proxy = network ? await FaultyProxy.start(port) : undefined;
  const url = `ws://127.0.0.1:${proxy?.port ?? port}/sync`;
  const tellers = TELLERS.map((name) => new Teller(name, url, server));
  let [kills, stops, disturbances] = [0, 0, 0];
  try {
    await openAccounts(server.url);
    await Promise.all(tellers.map((teller) => teller.start()));
    for (let cycle = 1; cycle <= cycles; cycle++) {
      await firstValueFrom(timer(random.below(QUIET)));
      if (cycle % 5 === 0 || cycle === cycles) progress(`${cycle}/${cycles} times something went wrong`);
      if (proxy !== undefined && random.chance(0.9)) {
        disturbances++;
        proxy.disturb(random);
        continue;
      }
      const isStop = random.chance(0.25);
      if (isStop) stops++;
      else kills++;
      const signal = isStop ? 'SIGTERM' : 'SIGKILL';
      if (random.chance(0.6)) {
        await server.end(signal);
        await server.restart();
      } else {
        const teller = random.pick(tellers);
        // One that is told to end waits for the server's word, and nothing else mends the network meanwhile.
        if (isStop) proxy?.clear();
        await teller.end(signal);
        await teller.start();
      }
    }
    proxy?.clear();
    for (const teller of tellers) await teller.end('SIGTERM');
    const docs = await read(server.url);
    return { kills, stops, disturbances, ...audit(docs, tellers) };
  } finally {
    for (const teller of tellers) await teller.end('SIGKILL');
    await proxy?.close();
    await server.dispose();
  }
}

function audit(
  docs: ReadonlyMap<string, BankDoc>,
  tellers: readonly Teller[],
): Pick<KillLoopOutcome, 'accepted' | 'durable' | 'violations'> {
  const violations: string[] = [];
  let [accepted, durable, marked] = [0, 0, 0];
  for (const teller of tellers) {
    const { name } = teller;
    const marks = (docs.get(`marks:${name}`) as ReadonlySet<string> | undefined) ?? new Set<string>();
    marked += marks.size;
    for (const [what, mark] of teller.log()) {
      if (what === 'accepted') accepted++;
      else if (what === 'durable') durable++;
      else violations.push(`${name}: ${mark} was ${what}`);
      if (!marks.has(mark)) violations.push(`${name}: ${mark} was told to be ${what}, and is lost`);
    }
  }
  const count = docs.get('count');
  if (count !== marked) violations.push(`${marked} marks were left, and ${String(count)} moves counted`);
  const total = ACCOUNTS.reduce((sum, key) => sum + (docs.get(key) as number), 0);
  if (total !== ACCOUNTS.length * OPENING) violations.push(`the bank has a total of ${total}`);
  return { accepted, durable, violations };
}

async function openAccounts(url: string): Promise<void> {
  const sync = openAtomSync('bank', { server: url });
  const bank = syncedAtom<BankDoc>(sync, 'bank');
  await bank.ready();
  bank.swap((docs) => docs.withAll(ACCOUNTS.map((key) => [key, OPENING] as const)));
  await bank.settled();
  await sync.close();
}

async function read(url: string): Promise<ReadonlyMap<string, BankDoc>> {
  const sync = openAtomSync('auditor', { server: url });
  const bank = syncedAtom<BankDoc>(sync, 'bank');
  await bank.ready();
  const docs = new Map(bank.value) as Map<string, BankDoc>;
  await sync.close();
  return docs;
}

/** One client's processes, one after the other; its store and its log outlive them. */
class Teller {
  #child: ChildProcess | undefined;
  readonly #log: string;

  constructor(
    readonly name: string,
    private readonly url: string,
    private readonly server: ServerProcess,
  ) {
    this.#log = server.folder(`${name}.log`);
  }

  async start(): Promise<void> {
    const file = compiledProcess(join(__dirname, 'teller.process.ts'));
    const args = [file, this.name, this.url, this.server.folder(this.name), this.#log];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    if (child.exitCode !== null)
      throw new Error(`${this.name} ended with ${child.exitCode} before it was ready.`);
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`${this.name} did not end well: ${code}`);
  }

  /** What it was told, and of which mark; a last line that was cut short is none. */
  log(): [what: string, mark: string][] {
    if (!existsSync(this.#log)) return [];
    return readFileSync(this.#log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ') as [string, string]);
  }
}

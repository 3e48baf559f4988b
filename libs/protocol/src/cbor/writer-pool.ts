import { Writer } from './writer';

const idle: Writer[] = [];

/**
 * A writer at the beginning of a result. Give it back when done: encoding may be entered again while it runs
 * (by a Proxy in the value), and then takes another.
 */
export function takeWriter(): Writer {
  const writer = idle.pop() ?? new Writer();
  writer.begin();
  return writer;
}

export function giveWriter(writer: Writer): void {
  idle.push(writer);
}

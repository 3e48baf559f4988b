import { AtomSyncServerError } from '@atomsync/server';

/** What a person at the terminal needs to know about a server that did not start. */
export function explain(error: unknown, port: number): string {
  if (error instanceof AtomSyncServerError) return `${error.message} (${error.code})`;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop what listens there, or choose another one: npm start -- --port ${port + 1}`;
  }
  if (code === 'EACCES') {
    return `Port ${port} may not be used by this user. Choose one above 1023: npm start -- --port 8090`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

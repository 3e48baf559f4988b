import { provideZonelessChangeDetection } from '@angular/core';
import * as app from './rows';

export { change, settled, shows, taken } from './rows';

export async function start(server: string, count: number): Promise<void> {
  await app.start(server, count, provideZonelessChangeDetection());
}

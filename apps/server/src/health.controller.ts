import { AtomSyncService, type AtomSyncStatus } from '@atomsync/server';
import { Controller, Get, Inject } from '@nestjs/common';
import { version } from './version';

@Controller('health')
export class HealthController {
  constructor(@Inject(AtomSyncService) private readonly sync: AtomSyncService) {}

  @Get()
  health(): AtomSyncStatus & { readonly version: string; readonly uptime: number } {
    return { ...this.sync.status(), version, uptime: Math.round(process.uptime()) };
  }
}

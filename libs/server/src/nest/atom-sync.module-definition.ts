import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { AtomSyncModuleOptions } from './atom-sync.options';

export const { ConfigurableModuleClass: AtomSyncModuleBase, MODULE_OPTIONS_TOKEN: ATOM_SYNC_OPTIONS } =
  new ConfigurableModuleBuilder<AtomSyncModuleOptions>({ moduleName: 'AtomSync' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createAtomSyncOptions')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();

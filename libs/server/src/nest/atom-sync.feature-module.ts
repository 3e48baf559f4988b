import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AtomSyncServerError } from '../errors';
import type { GroupFeature } from '../features';
import { AtomSyncService } from './atom-sync.service';

const FEATURES = Symbol('atomsync features');

/** Adds features to the service of the app's one `AtomSyncModule.forRoot`. */
@Module({})
export class AtomSyncFeatureModule implements OnModuleInit {
  constructor(
    @Inject(FEATURES) private readonly features: readonly GroupFeature[],
    @Inject(ModuleRef) private readonly modules: ModuleRef,
  ) {}

  static with(features: readonly GroupFeature[]): DynamicModule {
    return { module: AtomSyncFeatureModule, providers: [{ provide: FEATURES, useValue: features }] };
  }

  onModuleInit(): void {
    for (const feature of this.features) this.#service().features.add(feature);
  }

  #service(): AtomSyncService {
    try {
      return this.modules.get(AtomSyncService, { strict: false });
    } catch (cause) {
      throw new AtomSyncServerError(
        'BAD_OPTION',
        'AtomSyncModule.forFeature needs AtomSyncModule.forRoot somewhere in the app: import it once, in the root module.',
        { cause },
      );
    }
  }
}

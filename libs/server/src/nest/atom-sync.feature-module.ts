import { Inject, Module, type DynamicModule, type OnModuleInit, type Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ServerAtom } from '../atoms/server-atom';
import { AtomSyncServerError } from '../errors';
import type { GroupFeature } from '../features';
import { AtomSyncService } from './atom-sync.service';
import { getAtomToken } from './atom-sync.tokens';

const FEATURES = Symbol('atomsync features');

/** Adds features to the service of the app's one `AtomSyncModule.forRoot`, and provides the atoms of their groups. */
@Module({})
export class AtomSyncFeatureModule implements OnModuleInit {
  constructor(
    @Inject(FEATURES) private readonly features: readonly GroupFeature[],
    @Inject(ModuleRef) private readonly modules: ModuleRef,
  ) {}

  static with(features: readonly GroupFeature[]): DynamicModule {
    const groups = new Set(features.map(({ group }) => group).filter(isName));
    const atoms = Array.from(groups, atomProvider);
    return {
      module: AtomSyncFeatureModule,
      providers: [{ provide: FEATURES, useValue: features }, ...atoms],
      exports: atoms,
    };
  }

  onModuleInit(): void {
    for (const feature of this.features) serviceOf(this.modules).features.add(feature);
  }
}

const isName = (group: unknown): group is string =>
  typeof group === 'string' && group !== '' && !group.includes('*');

const atomProvider = (group: string): Provider => ({
  provide: getAtomToken(group),
  inject: [ModuleRef],
  // The service may be made later than this; an atom asks for it when it is used.
  useFactory: (modules: ModuleRef) => new ServerAtom(group, () => serviceOf(modules).hub.host),
});

function serviceOf(modules: ModuleRef): AtomSyncService {
  try {
    return modules.get(AtomSyncService, { strict: false });
  } catch (cause) {
    throw new AtomSyncServerError(
      'BAD_OPTION',
      'AtomSyncModule.forFeature needs AtomSyncModule.forRoot somewhere in the app: import it once, in the root module.',
      { cause },
    );
  }
}

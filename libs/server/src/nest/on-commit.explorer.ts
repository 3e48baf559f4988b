import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Commit } from '../atoms/commit';
import { AtomSyncServerError } from '../errors';
import { AtomSyncService } from './atom-sync.service';
import { onCommitMarks } from './on-commit.decorator';

type Method = (commit: Commit) => unknown;

/** Finds the methods marked with `OnCommit` in the app's providers and controllers, and has them called. */
@Injectable()
export class OnCommitExplorer implements OnApplicationBootstrap {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(AtomSyncService) private readonly sync: AtomSyncService,
  ) {}

  onApplicationBootstrap(): void {
    const found = new Set<object>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const { instance, metatype } = wrapper as { instance: unknown; metatype: unknown };
      const isStatic = wrapper.isDependencyTreeStatic();
      const prototype: unknown =
        isStatic && typeof instance === 'object' && instance !== null
          ? Object.getPrototypeOf(instance)
          : typeof metatype === 'function' && metatype.prototype;
      if (typeof prototype !== 'object' || prototype === null) continue;
      const marks = onCommitMarks(prototype);
      if (marks.length === 0) continue;
      if (!isStatic) throw notStatic(String(wrapper.name));
      // Under useExisting one instance is there under several tokens.
      if (found.has(instance as object)) continue;
      found.add(instance as object);
      const className = prototype.constructor.name;
      for (const { group, method, name = `${className}.${String(method)}` } of marks) {
        this.sync.hub.onCommit({
          ...{ name, group },
          handle: (commit) => (instance as Record<string | symbol, Method>)[method]!(commit),
        });
      }
    }
  }
}

function notStatic(name: string): AtomSyncServerError {
  return new AtomSyncServerError(
    'BAD_OPTION',
    `${name} is made for each request, and commits are no requests: put its @OnCommit methods into a provider of the default scope.`,
  );
}

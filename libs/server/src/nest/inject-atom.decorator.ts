import { Inject } from '@nestjs/common';
import { getAtomToken } from './atom-sync.tokens';

/**
 * Injects the `ServerAtom` of a group that the module, or one it imports, declares with `AtomSyncModule.forFeature`.
 *
 * @example
 * constructor(@InjectAtom('todo') private readonly todos: ServerAtom<Todo>) {}
 */
export const InjectAtom = (group: string): PropertyDecorator & ParameterDecorator =>
  Inject(getAtomToken(group));

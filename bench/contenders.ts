import type { Contender } from './contender';
import { atomsync, syncedAtomsync } from './contenders/atomsync';
import { limit } from './limit/limit';
import { peers } from './peers/peers';

export const contenders: readonly Contender[] = [atomsync, syncedAtomsync, limit, ...peers];

export function contenderOf(id: string): Contender {
  const found = contenders.find((contender) => contender.id === id);
  if (found === undefined) throw new Error(`There is no contender '${id}'.`);
  return found;
}

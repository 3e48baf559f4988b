declare const process: { readonly env: { readonly NODE_ENV?: string } };

// Maps and Sets cannot be frozen, so what has been walked is remembered here.
const walked = new WeakSet<object>();

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const freezeDeeply = (root: object): void => {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      if (Object.isFrozen(value)) continue;
      Object.freeze(value);
      for (const item of value as unknown[]) waiting.push(item);
    } else if (value instanceof Map) {
      if (walked.has(value)) continue;
      walked.add(value);
      for (const [key, item] of value as Map<unknown, unknown>) waiting.push(key, item);
    } else if (value instanceof Set) {
      if (walked.has(value)) continue;
      walked.add(value);
      for (const item of value as Set<unknown>) waiting.push(item);
    } else if (isPlain(value)) {
      if (Object.isFrozen(value)) continue;
      Object.freeze(value);
      for (const key of Reflect.ownKeys(value)) {
        const property = Object.getOwnPropertyDescriptor(value, key);
        if (property && 'value' in property) waiting.push(property.value);
      }
    }
  }
};

let freeze: ((root: object) => void) | undefined;
// Bundlers replace this very expression, and leave out what is not used then.
try {
  if (process.env.NODE_ENV !== 'production') freeze = freezeDeeply;
} catch {
  // No bundler and no `process`.
}

/**
 * Freezes a doc in development, so that a mutation in place throws where it is made. Plain objects and arrays
 * are frozen, Maps and Sets are looked into, and everything else (dates, buffers, class instances) is left
 * alone. What is frozen already is not walked again.
 */
export const freezeInDevelopment = <T>(doc: T): T => {
  if (typeof doc === 'object' && doc !== null) freeze?.(doc);
  return doc;
};

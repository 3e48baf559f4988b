/** A copy of a plain object that may be changed; `__proto__` stays the plain key that it is. */
export function copyObject(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...record };
}

/** Sets an own property, whatever its name. */
export function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
  } else record[key] = value;
}

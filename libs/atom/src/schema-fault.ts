import type { StandardSchemaV1 } from './standard-schema';

/** Why `value` does not fit, in words; `undefined` when it fits. An asynchronous schema fits nothing. */
export function schemaFault(schema: StandardSchemaV1, value: unknown): string | undefined {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) return 'the schema is asynchronous, and writes are judged synchronously';
  const issue = result.issues?.[0];
  if (issue === undefined) return undefined;
  const path = (issue.path ?? [])
    .map((part) => `.${String(typeof part === 'object' ? part.key : part)}`)
    .join('');
  return path === '' ? issue.message : `at ${path}: ${issue.message}`;
}

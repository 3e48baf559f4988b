import js from '@eslint/js';
import rxjs from 'eslint-plugin-rxjs-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** A rule that is switched off says why: `// eslint-disable-next-line some-rule -- the reason`. */
const disableSaysWhy = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { reason: 'Say why the rule is switched off: {{ directive }} … -- the reason' },
  },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const directive = /^\s*(eslint-disable(?:-next-line|-line)?)\b/.exec(comment.value)?.[1];
        if (directive === undefined || /\s--\s+\S/.test(comment.value)) continue;
        // A column of -1 puts the report where a disable directive on the same line does not reach it.
        context.report({
          loc: { line: comment.loc.start.line, column: -1 },
          messageId: 'reason',
          data: { directive },
        });
      }
    },
  }),
};

/** The house style that has a syntax. */
const style = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name: the file is named after it.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
];

/** A call of it, but for `() => Date.now()`, which is a clock to be handed on. */
const at = (object, property) =>
  `CallExpression[callee.object.name="${object}"][callee.property.name="${property}"]:not(ArrowFunctionExpression > .body)`;
const given = 'Take it as an argument with a default';
/** Time, randomness and ids come in from outside, so that a test can hold them. `now = Date.now` is the way. */
const ambient = [
  { selector: at('Date', 'now'), message: `${given}: now = Date.now.` },
  { selector: at('performance', 'now'), message: `${given}: now = () => number.` },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: `${given}: now = Date.now.` },
  { selector: at('Math', 'random'), message: `${given}: random = Math.random.` },
  { selector: at('crypto', 'randomUUID'), message: `${given}: an id generator.` },
  ...['setTimeout', 'setInterval'].map((name) => ({
    selector: `CallExpression[callee.name="${name}"]`,
    message: `${given}: a scheduler (rxjs timer, asyncScheduler).`,
  })),
];

export default defineConfig(
  {
    ignores: ['**/node_modules/', '**/dist/', 'coverage/', '**/*.d.ts', 'test/packages/nest12/', 'docs/api/'],
  },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { atomsync: { rules: { 'disable-says-why': disableSaysWhy } } },
    rules: { 'atomsync/disable-says-why': 'error' },
  },
  js.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['console', 'process', 'module', 'require', '__dirname', 'Buffer', 'URL', 'fetch']
          .concat(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'])
          .map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }] },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, rxjs.configs.strict],
    languageOptions: {
      // One program for the workspace, with the packages' sources instead of their builds, and one for what Angular bundles.
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.angular.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...style],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // With noUncheckedIndexedAccess `bytes[at]!` is how a loop that knows its bounds says so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // A check may return `boolean | void`: it answers, or it throws.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Blind to what a callback changes, and to values that are not what their type says.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      // A constructor may narrow the types of the one it calls.
      '@typescript-eslint/no-useless-constructor': 'off',
      // With strings and numbers, empty and 0 are often meant.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
      // `return this.refuse(…)` leaves a function that gives nothing back, and reads well.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Overloads are documentation.
      '@typescript-eslint/unified-signatures': 'off',
      // Nest takes its options, which it declares as classes, as object literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/prefer-regexp-exec': 'off',
      // Where patches are applied, keys are data.
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/prefer-for-of': 'off',
      // Ports are asynchronous also where an adapter answers at once.
      '@typescript-eslint/require-await': 'off',
      // `syncedAtom<Todo>(…)`: a type that is written once, by the caller, is the API.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Both ways of writing an object type are in use, and nobody is served by changing one into the other.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/array-type': 'off',
      '@typescript-eslint/class-literal-property-style': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // What was caught is passed on as it came.
      'rxjs-x/throw-error': 'off',
      '@typescript-eslint/only-throw-error': [
        'error',
        { allowThrowingAny: false, allowThrowingUnknown: true },
      ],
      // `firstValueFrom` of nothing rejects, which is an answer.
      'rxjs-x/no-ignored-default-value': 'off',
      // An atom is a BehaviorSubject on purpose.
      'rxjs-x/no-subclass': 'off',
      'rxjs-x/no-exposed-subjects': 'off',
      // Errors of a stream go through `connect`'s and the status stream's one handler.
      'rxjs-x/no-ignored-error': 'off',
      // They judge by the type alone: an atom passed as a plain value is not a forgotten subscription.
      'rxjs-x/no-misused-observables': 'off',
      'rxjs-x/no-floating-observables': 'off',
    },
  },
  {
    files: ['libs/*/src/**/*.ts', 'libs/angular/testing/src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...style, ...ambient],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
    },
  },
  {
    // Decisions and the wire do not even mention a clock, a timer or chance.
    files: [
      'libs/protocol/src/**/*.ts',
      'libs/*/src/**/{patch,rebase,decide,decode,merge,backoff,connection-state}*.ts',
    ],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'crypto'].map(
          (name) => ({
            name,
            message: 'A decision is a function of its arguments.',
          }),
        ),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'A decision gets the time as an argument.' },
        { object: 'Math', property: 'random', message: 'A decision gets chance as an argument.' },
      ],
    },
  },
  {
    files: ['**/test/**/*.ts', '**/*.test.ts', 'libs/testing/src/**/*contract*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      'no-sparse-arrays': 'off',
      'no-constant-binary-expression': 'off',
      'rxjs-x/no-nested-subscribe': 'off',
      'rxjs-x/no-subject-unsubscribe': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
    },
  },
  {
    // What is declared there is looked at by the compiler alone.
    files: ['**/*types.test.ts'],
    rules: {
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
);

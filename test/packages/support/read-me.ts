import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../../..');

/** What the quick start of the server's README tells somebody to do who has an app already. */
export interface QuickStart {
  /** Names to install, `['@atomsync/server', …]`. */
  readonly install: readonly string[];
  /** What goes among the imports of the app's module, `AtomSyncModule.forRoot(…)`. */
  readonly module: string;
  /** The import that this needs. */
  readonly import: string;
  /** Statements between the creation of the app and its `listen`. */
  readonly beforeListening: readonly string[];
}

/** The names that a README tells somebody to install first. */
export function readInstall(page: string): readonly string[] {
  const names = /^npm install (?:--global )?(.+)$/m.exec(readFileSync(join(ROOT, page), 'utf8'))?.[1];
  if (names === undefined) throw new Error(`${page} has no \`npm install …\`.`);
  return names.split(/\s+/);
}

/** Reads it off libs/server/README.md, so that the page itself is what is tested. */
export function readQuickStart(): QuickStart {
  const page = 'libs/server/README.md';
  const text = readFileSync(join(ROOT, page), 'utf8');
  const code = /^## Quick start\n[\s\S]*?^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1];
  if (code === undefined) throw new Error(`${page} has no block of ts under \`## Quick start\`.`);
  const source = ts.createSourceFile('quick-start.mts', code, ts.ScriptTarget.ES2022, true);
  const module = importOfModule(source);
  const used = new Set(module.match(/\b[A-Z]\w+/g));
  return {
    install: readInstall(page),
    module,
    import: importOf(source, '@atomsync/server', (name) => used.has(name)),
    beforeListening: betweenCreateAndListen(source),
  };
}

function importOfModule(source: ts.SourceFile): string {
  const find = (node: ts.Node): string | undefined => {
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'imports' &&
      ts.isArrayLiteralExpression(node.initializer)
    )
      return node.initializer.elements.map((element) => element.getText()).join(', ');
    return ts.forEachChild(node, find);
  };
  const found = find(source);
  if (found === undefined) throw new Error('The quick start has no module with `imports: […]`.');
  return found;
}

function importOf(source: ts.SourceFile, from: string, wanted: (name: string) => boolean): string {
  const names = source.statements
    .filter(ts.isImportDeclaration)
    .filter(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text === from)
    .flatMap(({ importClause }) => {
      const bindings = importClause?.namedBindings;
      return bindings && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
    })
    .filter(wanted);
  return `import { ${names.join(', ')} } from '${from}';`;
}

function betweenCreateAndListen(source: ts.SourceFile): string[] {
  const statements = source.statements.map((statement) => statement.getText());
  const create = statements.findIndex((statement) => statement.includes('NestFactory.create('));
  const listen = statements.findIndex((statement) => statement.includes('.listen('));
  if (create < 0 || listen < create)
    throw new Error('The quick start does not create an app and let it listen.');
  return statements.slice(create + 1, listen);
}

import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { Block } from './blocks';

/**
 * Type-checks all blocks, against the packages' sources, with the settings of the workspace: those of Angular in a
 * program of their own, as bundlers resolve them.
 * @returns the compiler's messages by block title, with the lines of the page
 */
export function typeCheck(root: string, blocks: readonly Block[]): Map<string, string[]> {
  const ofAngular = ({ code }: Block): boolean => code.includes("from '@angular/");
  return new Map([
    ...check(
      root,
      'tsconfig.json',
      blocks.filter((block) => !ofAngular(block)),
    ),
    ...check(root, 'tsconfig.angular.json', blocks.filter(ofAngular)),
  ]);
}

function check(root: string, config: string, blocks: readonly Block[]): Map<string, string[]> {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, config), ts.sys.readFile.bind(ts.sys)).config,
    { ...ts.sys, readDirectory: () => [] },
    root,
  );
  // As if the blocks lay in the root, beside node_modules.
  const byFile = new Map(blocks.map((block) => [join(root, block.fileName), block]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, directoryExists } = host;
  const folders = new Set([...byFile.keys()].map(dirname));
  host.directoryExists = (name) => folders.has(name) || directoryExists!.call(host, name);
  host.fileExists = (name) => byFile.has(name) || fileExists.call(host, name);
  host.readFile = (name) => byFile.get(name)?.code ?? readFile.call(host, name);
  const program = ts.createProgram([...byFile.keys()], { ...options, allowJs: true, checkJs: true }, host);

  const found = new Map<string, string[]>();
  for (const [name, block] of byFile) {
    const source = program.getSourceFile(name);
    const messages = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    if (messages.length > 0)
      found.set(
        block.title,
        messages.map((message) => describe(block, message)),
      );
  }
  return found;
}

function describe(block: Block, { file, start, messageText }: ts.Diagnostic): string {
  const path = block.title.slice(0, block.title.lastIndexOf(':'));
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
  const shown = block.code.split('\n')[line] ?? '';
  return `${path}:${block.lines[line] ?? '?'}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}\n    ${shown}`;
}

/** TypeScript as Node runs it: an ES module that imports the packages by name. */
export function toJavaScript(fileName: string, code: string): { name: string; code: string } {
  const { outputText } = ts.transpileModule(code, {
    fileName,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  return { name: fileName.replace(/\.mts$/, '.mjs'), code: outputText };
}

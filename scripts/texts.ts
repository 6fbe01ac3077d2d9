import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The bundle of texts that translators start from; VS Code finds it by this name. */
export const BUNDLE = 'l10n/bundle.l10n.json';

/**
 * Every text that the sources say through `t` of @vscode/l10n or `vscode.l10n.t`, in order, as the
 * bundle holds them. The exporter of @vscode/l10n-dev sees only calls through an object
 * (`l10n.t`), never the named import that the core uses (microsoft/vscode-l10n#169).
 * @throws Error naming file and line if a text is put together instead of written down
 */
export function textsOf(folders: readonly string[]): Readonly<Record<string, string>> {
  const texts = folders.flatMap(sourcesIn).flatMap(textsIn);
  return Object.fromEntries([...new Set(texts)].sort().map((text) => [text, text]));
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

function textsIn(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && saysText(node.expression, source)) {
      const [text] = node.arguments;
      if (text === undefined || !ts.isStringLiteralLike(text)) throw notWrittenDown(node, source);
      texts.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

function saysText(called: ts.Expression, source: ts.SourceFile): boolean {
  if (ts.isIdentifier(called)) return called.text === 't' && importsT(source);
  return called.getText(source) === 'vscode.l10n.t';
}

function importsT(source: ts.SourceFile): boolean {
  return source.statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) &&
      ts.isStringLiteral(statement.moduleSpecifier) &&
      statement.moduleSpecifier.text === '@vscode/l10n',
  );
}

function notWrittenDown(node: ts.Node, source: ts.SourceFile): Error {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  const place = `${source.fileName}:${(line + 1).toString()}`;
  return new Error(`${place}: a text must be a literal with {0}, or nobody can translate it.`);
}

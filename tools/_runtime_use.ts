// Finds what a package that also runs in a browser, with the same bits everywhere, must not use.

import ts from "typescript";

/** A rule that a place in a file breaks. */
export interface Finding {
  /** Offset in the text of the file. */
  readonly position: number;
  readonly message: string;
}

/** Names of the runtimes, of the DOM, of timers and clocks. */
const outside = new Set([
  ...["Deno", "Bun", "process", "Buffer", "require", "__dirname", "__filename"],
  ...["window", "document", "navigator", "location", "localStorage", "fetch", "XMLHttpRequest"],
  ...["setTimeout", "setInterval", "setImmediate", "requestAnimationFrame"],
  ...["Date", "performance"],
]);

/** Members of Math whose results ECMAScript defines to the last bit. */
const exact = new Set([
  ...["abs", "ceil", "clz32", "floor", "fround", "imul", "max", "min", "round", "sign", "sqrt"],
  ...["trunc", "PI", "E", "LN2", "LN10", "LOG2E", "LOG10E", "SQRT2", "SQRT1_2"],
]);

/**
 * Finds uses of a runtime, the DOM, timers or clocks, and of arithmetic that ECMAScript leaves to
 * the engine: `Math.exp` and its like, `Math.random`, and `**` (but `2 ** -53` and bigints).
 */
export function findRuntimeUse(source: ts.SourceFile): Finding[] {
  const findings: Finding[] = [];
  const declared = declaredNames(source);
  const report = (node: ts.Node, message: string) =>
    findings.push({ position: node.getStart(source), message });

  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isReference(node)) {
      if (outside.has(node.text) && !declared.has(node.text)) {
        report(node, `uses ${node.text}, which is the affair of the caller`);
      }
      if (node.text === "Math" && !declared.has("Math")) checkMath(node);
    }
    if (
      ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) &&
      node.expression.text === "globalThis" && outside.has(node.name.text)
    ) {
      report(node, `uses globalThis.${node.name.text}, which is the affair of the caller`);
    }
    if (ts.isBinaryExpression(node)) checkPower(node);
    ts.forEachChild(node, visit);
  };

  function checkMath(node: ts.Identifier): void {
    const parent = node.parent;
    const name = ts.isPropertyAccessExpression(parent) && parent.expression === node
      ? parent.name.text
      : undefined;
    if (name === undefined) report(node, "passes Math on; name its member where it is used");
    else if (!exact.has(name)) {
      const instead = name === "random" ? "take an Rng" : "use the functions of @fa/tensor";
      report(node, `uses Math.${name}, whose bits depend on the engine; ${instead}`);
    }
  }

  function checkPower(node: ts.BinaryExpression): void {
    const kind = node.operatorToken.kind;
    const assigns = kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken;
    if (kind !== ts.SyntaxKind.AsteriskAsteriskToken && !assigns) return;
    const two = ts.isNumericLiteral(node.left) && Number(node.left.text) === 2;
    const integer = /^-?\d+$/.test(node.right.getText(source));
    const bigint = ts.isBigIntLiteral(node.left) || ts.isBigIntLiteral(node.right);
    if (!(two && integer) && !bigint) {
      report(node, "uses **, whose bits depend on the engine; multiply, or write a power of 2");
    }
  }

  visit(source);
  return findings;
}

/** Names that the file declares or imports: they are not the globals. */
function declaredNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const named = ts.isVariableDeclaration(node) || ts.isParameter(node) ||
      ts.isBindingElement(node) || ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node) || ts.isNamespaceImport(node) || ts.isImportClause(node);
    if (named && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** Whether an identifier refers to a variable: not a member's name, a key or a declaration. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  return !(ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent) ||
    ts.isGetAccessor(parent) || ts.isSetAccessor(parent) || ts.isLiteralTypeNode(parent) ||
    ts.isExportSpecifier(parent) || ts.isNamedTupleMember(parent) || ts.isJSDoc(parent.parent));
}

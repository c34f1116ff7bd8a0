// JSON Schema of a TypeScript type: what the records of @fa/protocol are declared to be.
import ts from "typescript";

/** A JSON Schema, draft 2020-12. */
export type Schema = { readonly [keyword: string]: unknown };

/** What a type does not say. */
export interface Rules {
  /** For fields by name: what their numbers must be. */
  readonly numbers: Readonly<Record<string, Schema>>;
  /** For fields by name: what their strings must be. */
  readonly strings: Readonly<Record<string, Schema>>;
  /** For fields by name: what their arrays must be. */
  readonly arrays: Readonly<Record<string, Schema>>;
  /** For types by name: the whole schema. */
  readonly types: Readonly<Record<string, Schema>>;
}

/** The program that some files are, to read types from. */
export function programOf(files: readonly string[]): ts.Program {
  return ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2023,
    types: [],
  });
}

/**
 * The schema of an exported type of a file. Named types become `$defs`; objects have no other fields
 * than those that are declared, unless they have an index signature; doc comments are descriptions.
 *
 * @throws {Error} if a type has no counterpart in JSON.
 */
export function schemaOf(program: ts.Program, file: string, name: string, rules: Rules): Schema {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file)!;
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)
    .find((symbol) => symbol.name === name);
  if (!exported) throw new Error(`Cannot find type ${name} in ${file}`);
  const definitions = new Map<string, Schema | undefined>();

  /** The schema of a type, by reference where it has a name. */
  function schema(type: ts.Type, field: string): Schema {
    const alias = type.aliasSymbol?.name ??
      (type.flags & ts.TypeFlags.Object && type.symbol.flags & ts.SymbolFlags.Interface
        ? type.symbol.name
        : undefined);
    // Arrays and Readonly<…> are named too, but they are of the language.
    const declared = (type.aliasSymbol ?? type.symbol)?.declarations?.[0]?.getSourceFile();
    if (alias === undefined || !declared || program.isSourceFileDefaultLibrary(declared)) {
      return bare(type, field);
    }
    if (!definitions.has(alias)) {
      definitions.set(alias, undefined); // it may refer to itself
      const own = rules.types[alias] ?? bare(type, "");
      definitions.set(alias, described((type.aliasSymbol ?? type.symbol)!, own));
    }
    return { $ref: `#/$defs/${alias}` };
  }

  function bare(type: ts.Type, field: string): Schema {
    const { flags } = type;
    if (type.isUnion()) return union(type.types, field);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (flags & ts.TypeFlags.BooleanLiteral) {
      return { const: checker.typeToString(type) === "true" };
    }
    if (flags & ts.TypeFlags.Null) return { type: "null" };
    if (flags & ts.TypeFlags.Number) return { type: "number", ...rules.numbers[field] };
    if (flags & ts.TypeFlags.String) return { type: "string", ...rules.strings[field] };
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      return { type: "array", items: schema(item!, field), ...rules.arrays[field] };
    }
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return object(type);
    throw new Error(`Cannot describe ${checker.typeToString(type)} of field ${field} in JSON`);
  }

  function union(types: readonly ts.Type[], field: string): Schema {
    const known = types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    const schemas = known.map((type) => schema(type, field));
    const values = schemas.map((found) => found["const"]);
    const isBoolean = values.includes(true) && values.includes(false);
    const rest = schemas.filter((found) => !(isBoolean && typeof found["const"] === "boolean"));
    const all = [...(isBoolean ? [{ type: "boolean" }] : []), ...rest];
    if (all.length === 1) return all[0]!;
    return all.every((found) => "const" in found)
      ? { enum: all.map((found) => (found as Schema)["const"]).sort() }
      : { anyOf: all };
  }

  function object(type: ts.Type): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const property of checker.getPropertiesOfType(type)) {
      properties[property.name] = described(
        property,
        schema(checker.getTypeOfSymbol(property), property.name),
      );
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
    }
    const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    return {
      type: "object",
      properties,
      required,
      additionalProperties: index ? schema(index.type, "") : false,
    };
  }

  function described(symbol: ts.Symbol, found: Schema): Schema {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker))
      .replace(/\{@link (\w+)\}/g, "$1").replace(/\s+/g, " ").trim();
    return text ? { description: text, ...found } : found;
  }

  const root = schema(checker.getDeclaredTypeOfSymbol(exported), "");
  return {
    ...root,
    $defs: Object.fromEntries([...definitions].sort(([a], [b]) => a < b ? -1 : 1)),
  };
}

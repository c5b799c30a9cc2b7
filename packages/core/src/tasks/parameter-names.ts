/** The names of a function's parameters, for the graph, cache keys and run names. */

/**
 * Names of the parameters in order, read from the function's source. A parameter that has no name of its own (a
 * pattern) is called `arg0`, `arg1`, … by its position.
 */
export function parameterNames(fn: (...args: never[]) => unknown): readonly string[] {
  const source = Function.prototype.toString.call(fn);
  const list = parameterList(source);
  if (list === undefined) return [];
  return splitTopLevel(list).map((text, index) => {
    const name = /^\s*(?:\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)\s*(?:=|$)/su.exec(
      text,
    )?.[1];
    return name ?? `arg${index}`;
  });
}

/** The text between the parentheses of the parameters; for `x => …` the text before the arrow. */
function parameterList(source: string): string | undefined {
  const bare = /^\s*(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source)?.[1];
  if (bare !== undefined) return bare;
  const open = source.indexOf("(");
  if (open === -1) return undefined;
  const end = matchingEnd(source, open);
  return end === undefined ? undefined : withoutComments(source.slice(open + 1, end));
}

function splitTopLevel(list: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let index = 0;
  while (index < list.length) {
    const character = list[index];
    if (character === ",") {
      parts.push(list.slice(start, index));
      start = index + 1;
    }
    index = nextIndex(list, index);
  }
  if (list.slice(start).trim() !== "") parts.push(list.slice(start));
  return parts;
}

/** The index after what starts at `index`: a string, a comment or a bracketed part counts as one. */
function nextIndex(source: string, index: number): number {
  const character = source[index] as string;
  if (character === '"' || character === "'" || character === "`") return stringEnd(source, index);
  if (source.startsWith("//", index)) return endOf(source, "\n", index);
  if (source.startsWith("/*", index)) return endOf(source, "*/", index);
  if ("([{".includes(character)) return (matchingEnd(source, index) ?? source.length) + 1;
  return index + 1;
}

function matchingEnd(source: string, open: number): number | undefined {
  let index = open + 1;
  while (index < source.length) {
    if (")]}".includes(source[index] as string)) return index;
    index = nextIndex(source, index);
  }
  return undefined;
}

function stringEnd(source: string, start: number): number {
  const quote = source[start];
  let index = start + 1;
  while (index < source.length && source[index] !== quote) index += source[index] === "\\" ? 2 : 1;
  return index + 1;
}

function endOf(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at === -1 ? source.length : at + mark.length;
}

function withoutComments(list: string): string {
  return list.replace(/\/\*.*?\*\//gs, "").replace(/\/\/[^\n]*/g, "");
}
